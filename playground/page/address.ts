import { formatSettings } from '../shared/settings.js'
import type { Settings } from '../shared/settings.js'

/** The settings of now in the address, so that it can be shared. */
export function writeAddress(settings: Settings): void {
  const still = new URLSearchParams(location.search).has('still') ? 'still' : ''
  const search = [formatSettings(settings), still].filter(Boolean).join('&')
  history.replaceState(null, '', search ? `?${search}` : location.pathname)
}

import { watchPage } from '../../../canary/page/watch-page.js'
import { places } from '../../../canary/places.js'
import { createRecorder } from '../../../canary/recorder.js'

const recorder = watchPage((print) => createRecorder({ print, isOurs: () => true }))

/** What was shown since the last look, and holds a token. */
export const leaks = (): Error[] =>
  recorder.look().map(({ place, masked }) => new Error(`a token is in ${places[place]}: ${masked}`))

/* oxlint-disable import/default -- the bundler gives the text of a file as its default export */
import bearerAxiosText from '../plain/bearer-axios.ts?raw'
import bearerFetchText from '../plain/bearer-fetch.ts?raw'
import xTokenAxiosText from '../plain/x-token-axios.ts?raw'
import xTokenFetchText from '../plain/x-token-fetch.ts?raw'
import withAxiosText from '../session/with-axios.ts?raw'
import withFetchText from '../session/with-fetch.ts?raw'
import type { SideName } from '../shared/control-api.js'
import type { Settings } from '../shared/settings.js'

const plain = {
  bearer: { axios: bearerAxiosText, fetch: bearerFetchText },
  'x-token': { axios: xTokenAxiosText, fetch: xTokenFetchText },
}

const session = { axios: withAxiosText, fetch: withFetchText }

/** The code that runs on a side, as it stands in its file, without what it imports. */
export function sourceOf(side: SideName, { protocol, client }: Settings): string {
  if (side === 'left') return withoutImports(plain[protocol][client])
  const [bearer = '', xToken = ''] = withoutImports(session[client]).split(/^(?=\/\*\* HTTP 200)/m)
  return (protocol === 'bearer' ? bearer : xToken).trim()
}

const withoutImports = (text: string): string =>
  text
    .replace(/^\/\* oxlint.*\n/, '')
    .replace(/^import [^;]*?from '[^']+'\n/gm, '')
    .trim()

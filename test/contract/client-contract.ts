import { describe } from 'vitest'
import { aborting } from './aborting.js'
import { endings } from './endings.js'
import { holding } from './holding.js'
import type { Capabilities, MakeClient } from './neutral-client.js'
import { oneRefresh } from './one-refresh.js'
import { origins } from './origins.js'
import { bearer, xToken, type Protocol } from './protocols.js'
import { redirects } from './redirects.js'
import { refreshThroughClient } from './refresh-through-client.js'
import { replay } from './replay.js'
import { secrets } from './secrets.js'
import { settling } from './settling.js'
import type { DescribeSuite } from './suite.js'
import { telling } from './telling.js'
import { turnedDownAgain } from './turned-down-again.js'
import { unavailable } from './unavailable.js'
import { whoseSession } from './whose-session.js'

const suites: Readonly<Record<string, DescribeSuite>> = {
  'one refresh': oneRefresh,
  'holding and order': holding,
  'everything settles': settling,
  'a refresh through the client itself': refreshThroughClient,
  'turned down again': turnedDownAgain,
  aborting,
  'a refresh that is unavailable': unavailable,
  'how sessions end': endings,
  'whose session': whoseSession,
  'the replay': replay,
  origins,
  redirects,
  secrets,
  telling,
}

/**
 * What every client of a session must do, on a real server, over both protocols.
 *
 * @param make - makes a client for a session and an origin
 * @param can - what this client cannot help
 * @param protocols - one is enough for a client that is another in different clothes
 */
export function describeClientContract(
  name: string,
  make: MakeClient,
  can: Capabilities,
  protocols: readonly Protocol[] = [bearer, xToken],
): void {
  for (const protocol of protocols) {
    describe(`${name}, ${protocol.name}`, () => {
      for (const [part, describeSuite] of Object.entries(suites)) {
        describe(part, () => {
          describeSuite({ make, protocol, can })
        })
      }
    })
  }
}

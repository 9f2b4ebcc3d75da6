import type { ControlState, SideName } from '../shared/control-api.js'
import { sideNames } from '../shared/control-api.js'
import { serverSettingsOf } from '../shared/settings.js'
import type { Settings } from '../shared/settings.js'
import type { Actor } from './actor.js'
import { control } from './control.js'
import { plainActor } from './plain-actor.js'
import { sessionActor } from './session-actor.js'
import type { SessionActor } from './session-actor.js'
import { findWire } from './wire.js'
import type { Wire } from './wire.js'

/** The two sides, and the servers that they are signed in at. */
export interface Cast {
  readonly left: Actor
  readonly right: SessionActor
}

export interface CastParts {
  changed(): void
  /** There is a new session to look at. */
  isNew(right: SessionActor): void
}

/** Which servers the tokens of all tabs are of. */
const epochKey = 'unexpired-playground-epoch'

export function createCasting({ changed, isNew }: CastParts) {
  let cast: Cast | undefined
  let made = ''
  let signedInAt = ''
  let wires: Readonly<Record<SideName, Wire>> | undefined
  let wiredTo = ''

  async function wire(state: ControlState): Promise<Readonly<Record<SideName, Wire>>> {
    const to = JSON.stringify([state.left.lines, state.right.lines])
    if (wires && wiredTo === to) return wires
    const [left, right] = await Promise.all(
      sideNames.map((side) => findWire(side, state[side].lines)),
    )
    if (!left || !right) throw new Error('two sides have two wires')
    wiredTo = to
    return (wires = { left, right })
  }

  /** Whether other tabs have signed in at these servers already. */
  const isKnown = (epoch: string, { store }: Settings): boolean =>
    (store === 'tabs' ? localStorage.getItem(epochKey) : signedInAt) === epoch

  return {
    get cast() {
      return cast
    },
    /** Has the servers and the two sides as these settings say; they may have to sign in. */
    async prepare(settings: Settings): Promise<Cast> {
      const state = await control('settings', serverSettingsOf(settings))
      const found = await wire(state)
      const { protocol, client, store, refresh, fault } = settings
      const deadline = fault === 'hang' ? refresh : undefined
      const wanted = JSON.stringify([protocol, client, store, deadline, wiredTo])
      if (!cast || made !== wanted) {
        cast?.left.close()
        cast?.right.close()
        const parts = { settings, changed }
        const left = plainActor({ ...parts, wire: found.left })
        const right = sessionActor({ ...parts, wire: found.right })
        cast = { left, right }
        made = wanted
        signedInAt = ''
        await right.session.ready
        isNew(right)
      }
      return cast
    },
    /** Signs in who is not, where nothing goes wrong on purpose. */
    async signIn(settings: Settings, isAnew: boolean): Promise<boolean> {
      if (!cast) throw new Error('nobody is there yet')
      const state = await control('fault', { fault: 'none' })
      const epoch = `${state.epoch} ${settings.protocol}`
      const isStale = isAnew || !isKnown(epoch, settings)
      const out = [cast.left, cast.right].filter(({ isSignedIn }) => isStale || !isSignedIn)
      await Promise.all(out.map((actor) => actor.signIn()))
      signedInAt = epoch
      if (settings.store === 'tabs') localStorage.setItem(epochKey, epoch)
      return out.length > 0
    },
  }
}

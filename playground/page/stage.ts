import { sideNames } from '../shared/control-api.js'
import { beginCounting, count } from '../shared/counting.js'
import { isSame, isSameServer } from '../shared/settings.js'
import type { Settings } from '../shared/settings.js'
import { writeAddress } from './address.js'
import { alone } from './alone.js'
import { createCasting } from './cast.js'
import type { Cast } from './cast.js'
import { pageClock } from './clock.js'
import { control, controlState, createLook } from './control.js'
import { perform } from './perform.js'
import { captionOf, prepareToken } from './run.js'
import { atFrames, judge, sceneOf } from './scene.js'
import type { Play, Scene } from './scene.js'
import type { SessionActor } from './session-actor.js'
import { openTabs } from './tabs.js'
import { createTurns, pause } from './turns.js'

export interface StageParts {
  show(scene: Scene): void
  isNew(right: SessionActor): void
}

/** How long a tab that was just opened may take. Milliseconds. */
const tabPatienceMs = 10_000

export function createStage(initial: Settings, { show, isNew }: StageParts) {
  const play: Play = {
    state: 'starting',
    caption: 'Getting ready …',
    settings: initial,
    counted: undefined,
    round: undefined,
    fault: initial.fault,
    isMixed: false,
    isHanging: false,
    judged: {},
    run: '',
    from: undefined,
    to: undefined,
    isOver: false,
  }
  let runs = 0
  const scene = (): Scene => sceneOf(play, casting.cast, tabs.progressOf(play.run), 1 + sharing())
  const draw = atFrames(
    () => show(scene()),
    () => play.state === 'playing',
  )
  /** What happens when nothing is played (a button of the panel, a late answer) is counted, too. */
  const lookLater = createLook(
    () => play.state === 'idle',
    (state) => {
      count(play, state)
      judge(play, scene())
      draw()
    },
  )
  const changed = (): void => {
    draw()
    lookLater()
  }
  const casting = createCasting({ changed, isNew })
  const tabs = openTabs({
    go: (id, theirs) => void turn((signal) => follow(id, theirs, signal)),
    settings: (theirs) => void turn(() => take({ ...theirs, client: play.settings.client })),
    signedIn: () => casting.cast?.left.noticeSignIn(),
    changed,
  })
  const turns = createTurns((error) => {
    say(`The playground's server does not answer. Does it still run? (${String(error)})`)
    become('idle')
  })

  const sharing = (): number => (play.settings.store === 'tabs' ? tabs.others : 0)

  function say(caption: string): void {
    play.caption = caption
    draw()
  }

  const sayWaiting = (): void => say('Another page plays just now: waiting until it has ended …')

  function become(state: Play['state']): void {
    play.state = state
    document.documentElement.dataset['state'] = state
    if (state === 'idle') tabs.hello()
    draw()
  }

  function turn(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    become('playing')
    return turns.take(async (signal) => {
      await alone(play.settings.store, signal, sayWaiting, () => work(signal))
      if (!signal.aborted) become('idle')
    })
  }

  /** The settings of now, wherever they come from. */
  async function take(settings: Settings): Promise<Cast> {
    play.settings = settings
    if (settings.fault !== 'clock') pageClock.setRight()
    writeAddress(settings)
    const cast = await casting.prepare(settings)
    const state = await controlState()
    // What is to be seen of a run stays, whoever has played since.
    if (play.run === '' || sharing() > 0) beginCounting(play, state)
    else count(play, state)
    tabs.share(settings.store)
    draw()
    return cast
  }

  /** Something goes wrong, or no longer, while the requests are under way. */
  async function strike(next: Settings): Promise<void> {
    play.settings = next
    play.fault = next.fault
    writeAddress(next)
    if (next.fault === 'clock') pageClock.jump()
    else pageClock.setRight()
    draw()
    await control('fault', { fault: next.fault }).catch(() => undefined)
  }

  function clear(cast: Cast): void {
    Object.assign(play, { from: undefined, to: undefined, run: '', isOver: false })
    Object.assign(play, { round: undefined, isMixed: false, isHanging: false, judged: {} })
    play.fault = play.settings.fault
    for (const side of sideNames) cast[side].begin()
    draw()
  }

  async function signIn(isAnew: boolean): Promise<void> {
    const isSignedIn = await casting.signIn(play.settings, isAnew)
    if (isSignedIn && sharing() > 0) tabs.tell('signed-in', play.settings)
  }

  /** Signs in where need be. What was counted before is over, unless other tabs still show it. */
  async function begin(cast: Cast, signal: AbortSignal, isAnew = false): Promise<void> {
    await control('fault', { fault: 'none' })
    await cast.right.calm(signal)
    clear(cast)
    await signIn(isAnew)
    const { fault } = play.settings
    beginCounting(play, await control(sharing() > 0 ? 'fault' : 'run', { fault }))
  }

  async function run(signal: AbortSignal): Promise<void> {
    const cast = await take(play.settings)
    say('Signing in …')
    await begin(cast, signal)
    await prepareToken(play.settings, signal, say)
    if (signal.aborted) return
    beginCounting(play, await control('run', { fault: play.settings.fault }))
    play.run = crypto.randomUUID()
    if (sharing() > 0) tabs.go(play.run, play.settings)
    await send(cast, signal)
  }

  /** Another tab has prepared it all: at once. */
  async function follow(id: string, theirs: Settings, signal: AbortSignal): Promise<void> {
    const { cast } = casting
    if (!cast || theirs.protocol !== play.settings.protocol) return
    play.settings = { ...theirs, client: play.settings.client }
    clear(cast)
    play.run = id
    await send(cast, signal)
  }

  async function send(cast: Cast, signal: AbortSignal): Promise<void> {
    say(captionOf(play.settings, 1 + sharing()))
    await perform(play, cast, tabs, signal, draw)
    judge(play, scene())
    runs += 1
    document.documentElement.dataset['runs'] = String(runs)
  }

  /** Does something that is no run; what is under way ends. */
  const act = (work: (cast: Cast, signal: AbortSignal) => Promise<string>): Promise<void> =>
    turn(async (signal) => {
      const cast = await take(play.settings)
      const caption = await work(cast, signal)
      count(play, await controlState())
      say(caption)
    })

  return {
    get settings() {
      return play.settings
    },
    get others() {
      return sharing()
    },
    /** Sends, with other settings where some are given. */
    play(next = play.settings) {
      play.settings = next
      return turn(run)
    },
    /** Signs in where need be, and waits to be told. */
    settle: () =>
      act(async (cast, signal) => {
        await begin(cast, signal)
        return 'Signed in on both sides, and ready.'
      }),
    change(next: Settings) {
      const old = play.settings
      const isUnderWay = play.state === 'playing' && play.from !== undefined && !play.isOver
      // What goes wrong in the middle of a run belongs to it.
      if (isUnderWay && isSame(next, { ...old, fault: next.fault })) return strike(next)
      const isRestart = !isSameServer(next, old)
      const before = casting.cast
      play.settings = next
      return act(async (cast, signal) => {
        if (isRestart || cast !== before) await begin(cast, signal)
        else await control('fault', { fault: next.fault })
        if (sharing() > 0) tabs.tell('settings', next)
        return isRestart
          ? 'Both servers were started anew, and the user has signed in again.'
          : 'Ready.'
      })
    },
    expire: () =>
      act(async () => {
        await control('order', { order: 'expire' })
        return 'The access token has expired, by the word of both servers.'
      }),
    signIn: () =>
      act(async (cast, signal) => {
        await begin(cast, signal, true)
        return 'Signed in anew on both sides.'
      }),
    /** Another tab was opened; plays when it is there. */
    meetTab(isOpen: boolean, toPlay?: Settings) {
      play.settings = toPlay ?? { ...play.settings, store: 'tabs' }
      return turn(async (signal) => {
        const cast = await take(play.settings)
        await begin(cast, signal)
        if (!isOpen) return say('The browser opened no tab. Open this address in one yourself.')
        say('Waiting for the other tab …')
        for (let ms = 0; ms < tabPatienceMs && tabs.others === 0; ms += 100) {
          await pause(100, signal)
        }
        if (toPlay && tabs.others > 0) return run(signal)
        return say('Another tab shares the session now.')
      })
    },
  }
}

import type { Lane } from '../../src/devtools/lane.js'
import type { Settings } from '../shared/settings.js'
import type { Wire } from './wire.js'

export type Answer = 'waiting' | 'answered' | 'failed'

/** One way to keep a user signed in, at work in the page. */
export interface Actor {
  signIn(): Promise<void>
  /** The user has signed in in another tab. */
  noticeSignIn(): void
  /** Whether nobody has sent the user to sign in since the last sign-in. */
  readonly isSignedIn: boolean
  /** How often the user was sent to sign in, since the run began. */
  readonly signedOut: number
  /** One for each request of the run. */
  readonly answers: readonly Answer[]
  /** Resolves when no refresh is under way any more that another run began. */
  calm(signal: AbortSignal): Promise<void>
  /** A run begins: what is left of the one before counts no more. */
  begin(): void
  /** Sends so many at once; resolves when all have ended. */
  send(count: number): Promise<void>
  /** What the requests of this run did. */
  lanes(): readonly Lane[]
  close(): void
}

/** What an actor is made of. */
export interface ActorParts {
  readonly wire: Wire
  readonly settings: Pick<Settings, 'protocol' | 'client' | 'store' | 'refresh' | 'fault'>
  /** Something is different now. */
  changed(): void
}

export const username = 'ann'

import type { Session } from 'unexpired'

/** Where the API is: nobody listens there, as all that is sent goes over the simulated network. */
export const origin = 'https://api.example'

/** What the API answers. */
export interface Answer {
  /** What it means: a 401 may be written as a body on a 200. */
  readonly status: 200 | 401
  readonly family: string | undefined
  /** Which attempt it answers, from 1. */
  readonly attempt: number
}

/** The network's own error. */
export class LostError extends Error {}

/** What an aborted request must reject with. */
export class AbortedError extends Error {}

/** What the app sends. */
export type Shape =
  | 'get'
  | 'post'
  /** Where the client knows such: an object that is a whole request. */
  | 'request'
  /** The app, or its body, takes some time between the call and the client's turn. */
  | 'slow'
  /** A body that can be sent once only. */
  | 'once'

/** A request, as the app gives it to a client. */
export interface Given {
  readonly id: string
  readonly shape: Shape
  readonly signal: AbortSignal
  /** What is slow waits for this; an abort ends it. */
  readonly ready: Promise<void> | undefined
  /** The answer that the error of an ended session leads to. */
  shows(answer: Answer): void
  /**
   * Sends one attempt over the simulated network, to the API.
   *
   * @param sent - all of it but the credential
   */
  leave(token: string | undefined, sent: string | Promise<string>): Promise<Answer>
}

/** Makes a request through a client; rejects with what the app would be told. */
export type Make = (given: Given) => Promise<Answer>

/** Connects a client with a session. */
export type Way = (session: Session, isByBody: boolean) => Make

export const urlOf = ({ id }: Given): string => `${origin}/${id}`

/** As the app gives it: no attempt may differ. */
export const bodyOf = ({ id, shape }: Given): string => (shape === 'get' ? '' : `{"id":"${id}"}`)

export const methodOf = ({ shape }: Given): string => (shape === 'get' ? 'GET' : 'POST')

/** What an expired token gets: a 401, or the body that some write in its place. */
export const wireOf = (
  { status, family, attempt }: Answer,
  isByBody: boolean,
): { status: number; body: string } => ({
  status: isByBody ? 200 : status,
  body: JSON.stringify({ code: status === 401 ? 1234 : 0, family, attempt }),
})

export interface WireBody {
  readonly code: number
  readonly family?: string
  readonly attempt: number
}

/** What the app makes of what it was handed over. */
export function answerOf(status: number, data: WireBody, isByBody: boolean): Answer {
  const isTurnedAway = isByBody ? data.code === 1234 : status === 401
  return { status: isTurnedAway ? 401 : 200, family: data.family, attempt: data.attempt }
}

/** The token in a header as the client was told to write it; what it should not be is shown as it is. */
export function tokenIn(value: string | undefined, scheme: string): string | undefined {
  if (value === undefined || scheme === '') return value
  return value.startsWith(`${scheme} `) ? value.slice(scheme.length + 1) : value
}

/** How the token travels, and how the server says that it has expired. */
export type Protocol = 'bearer' | 'x-token'

/** Whether the lifetime is known, so that its end is seen coming, or only responses tell. */
export type Notice = 'after-the-response' | 'before-the-request'

export interface Scene {
  readonly protocol: Protocol
  readonly notice: Notice
  readonly title: string
  /** For tables. */
  readonly shortTitle: string
  /** For narrow tables. */
  readonly briefTitle: string
  readonly story: string
}

export const scenes: readonly Scene[] = [
  {
    protocol: 'bearer',
    notice: 'after-the-response',
    title: 'Bearer and 401, noticed after the response',
    shortTitle: 'Bearer, after the response',
    briefTitle: 'Bearer, after',
    story: 'No lifetime is known: all 20 leave with the dead token, and get a 401.',
  },
  {
    protocol: 'bearer',
    notice: 'before-the-request',
    title: 'Bearer, noticed before the request',
    shortTitle: 'Bearer, before the request',
    briefTitle: 'Bearer, before',
    story: 'The lifetime is known, and over: nothing has to leave with the dead token.',
  },
  {
    protocol: 'x-token',
    notice: 'after-the-response',
    title: 'X-Token and HTTP 200 { code: 1234 }, noticed after the response',
    shortTitle: 'X-Token, after the response',
    briefTitle: 'X-Token, after',
    story: 'Only the body says that the token is dead. The old one buys the new, once.',
  },
  {
    protocol: 'x-token',
    notice: 'before-the-request',
    title: 'X-Token, noticed before the request',
    shortTitle: 'X-Token, before the request',
    briefTitle: 'X-Token, before',
    story: 'The lifetime is known, and over: nothing has to leave with the dead token.',
  },
]

import { onTestFinished } from 'vitest'

import type { PageFiles } from '../../playground/build-page.js'
import { startPlayground } from '../../playground/start-playground.js'
import type { Playground } from '../../playground/start-playground.js'
import type { ControlCalls, ControlState } from '../../playground/shared/control-api.js'

/** A page is not what these tests are about. */
const files: PageFiles = new Map([
  ['/index.html', { type: 'text/html; charset=utf-8', body: '<!doctype html><title>page</title>' }],
  ['/assets/page.js', { type: 'text/javascript; charset=utf-8', body: 'export {}' }],
])

export interface Playing extends Playground {
  /** Sends to a path of the page's origin. */
  ask(path: string, init?: RequestInit): Promise<Response>
  control<C extends keyof ControlCalls>(call: C, body: ControlCalls[C]): Promise<ControlState>
  state(): Promise<ControlState>
}

/** A playground on a free port, quick, without its page. It ends with its test. */
export async function openPlayground(): Promise<Playing> {
  const playground = await startPlayground({ port: 0, files })
  onTestFinished(playground.close)
  const ask: Playing['ask'] = (path, init) => fetch(new URL(path, playground.url), init)
  const read = async (answer: Response): Promise<ControlState> => {
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    return (await answer.json()) as ControlState
  }
  const control: Playing['control'] = async (call, body) =>
    read(await ask(`/control/${call}`, json(body)))
  await control('settings', {
    lifetime: 60,
    announce: true,
    api: 0,
    refresh: 0,
    rotation: 'strict',
  })
  return { ...playground, ask, control, state: async () => read(await ask('/control/state')) }
}

export const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn?: number
}

/** One user, at one of the sides, by hand. */
export function userAt(at: Playing, side: 'left' | 'right' | 'app') {
  let tokens: Tokens = { accessToken: '', refreshToken: '' }
  const take = async (answer: Response): Promise<number> => {
    if (answer.ok) tokens = (await answer.json()) as Tokens
    return answer.status
  }
  return {
    get tokens() {
      return tokens
    },
    signIn: async () => take(await at.ask(`/${side}/auth/login`, json({ username: 'ann' }))),
    refresh: async (signal?: AbortSignal) =>
      take(
        await at.ask(`/${side}/auth/refresh`, {
          ...json({ refreshToken: tokens.refreshToken }),
          signal: signal ?? null,
        }),
      ),
    get: async (path = '/me') => {
      const headers = { Authorization: `Bearer ${tokens.accessToken}` }
      return (await at.ask(`/${side}/api${path}`, { headers })).status
    },
  }
}

import type {
  createFetch as CreateFetch,
  FetchSessionOptions,
  SessionFetch,
  SessionRequestInit,
} from 'unexpired/fetch'
import type { MakeClient, NeutralAnswer } from '../contract/neutral-client.js'

/** How apps and clients call a fetch. */
export type Call = (api: SessionFetch, url: string, init: SessionRequestInit) => Promise<Response>

/** With a URL and an init. */
const plainly: Call = (api, url, init) => api(url, init)

/** With a Request that says it all; only what a Request cannot say stands beside it. */
export const withRequest: Call = (api, url, { session, ...init }) => {
  const { signal } = init
  const beside = { ...(signal ? { signal } : {}), ...(session === undefined ? {} : { session }) }
  return api(new Request(url, init as RequestInit), beside)
}

/** Makes clients for the contract: a fetch as apps make one, and what they write around it. */
export function fetchClient(
  createFetch: typeof CreateFetch,
  more: FetchSessionOptions = {},
  call: Call = plainly,
): MakeClient {
  return ({ session, origin, credential, origins = [origin] }) => {
    const { header, scheme, expiredCode } = credential
    const api = createFetch(session, {
      header,
      scheme,
      origins,
      ...(expiredCode === undefined
        ? {}
        : {
            expired: async (response) =>
              ((await response.json()) as { code?: number } | null)?.code === expiredCode,
          }),
      ...more,
    })
    return {
      async send({ method, path, query, headers, body, signal, session: how }) {
        const [bytes, type] = bodyOf(body)
        const response = await call(api, urlOf(origin, path, query), {
          ...(method ? { method } : {}),
          headers: { ...type, ...headers },
          ...(bytes === undefined ? {} : { body: bytes }),
          ...(signal ? { signal } : {}),
          ...(how === undefined ? {} : { session: how }),
          ...(isStream(bytes) ? { duplex: 'half' } : {}),
        } as SessionRequestInit)
        return answerOf(response, await response.text())
      },
    }
  }
}

/** As apps join them. */
function urlOf(origin: string, path: string, query?: Readonly<Record<string, string>>): string {
  const url = path.startsWith('/') && !/^\/[/\\\t]/.test(path) ? origin + path : path
  return query ? `${url}?${new URLSearchParams(query).toString()}` : url
}

const isStream = (body: unknown): boolean => body instanceof ReadableStream

function bodyOf(body: unknown): [bytes: unknown, type: Record<string, string>] {
  const isPlain = typeof body === 'object' && body?.constructor === Object
  return isPlain ? [JSON.stringify(body), { 'Content-Type': 'application/json' }] : [body, {}]
}

function answerOf(raw: Response, text: string): NeutralAnswer {
  const { status, headers } = raw
  return { status, headers, json: () => JSON.parse(text) as unknown, text: () => text, raw }
}

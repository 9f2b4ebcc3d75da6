import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { CredentialHeaders } from '../../core/credential.js'

type Config = InternalAxiosRequestConfig
type BeforeRedirect = NonNullable<Config['beforeRedirect']>

/** Takes the credential off redirects to origins that may not see it. */
export interface RedirectGuard {
  /** Sets what axios is to do on redirects of this request, which carries these headers of ours. */
  guard(config: Config, adapter: AxiosAdapter, credential: CredentialHeaders): void
}

interface NextRequest {
  href?: string
  headers?: Record<string, unknown>
}

/**
 * The platform itself takes only `Authorization` off, and not always. Where axios gives no way (its
 * fetch adapter, a custom header), the redirect is refused.
 */
export function createRedirectGuard(isAllowed: (url: string) => boolean): RedirectGuard {
  /** What takes these headers off: most requests come with the same. */
  let last: { credential: CredentialHeaders; isCustom: boolean; strip: BeforeRedirect } | undefined

  function stripping(credential: CredentialHeaders) {
    if (credential === last?.credential) return last
    const lower = Object.keys(credential).map((name) => name.toLowerCase())
    const strip: BeforeRedirect = ({ href, headers = {} }: NextRequest) => {
      if (href !== undefined && isAllowed(href)) return
      for (const name of Object.keys(headers)) {
        if (lower.includes(name.toLowerCase())) delete headers[name]
      }
    }
    const isCustom = lower.some((name) => name !== 'authorization')
    return (last = { credential, isCustom, strip })
  }

  return {
    guard(config, adapter, credential) {
      const { adapterName } = adapter as { adapterName?: string }
      // XMLHttpRequest follows redirects unseen: docs/axios.md says what that means.
      if (adapterName === 'xhr' || config.maxRedirects === 0) return
      const { beforeRedirect, fetchOptions } = config
      const { strip, isCustom } = stripping(credential)
      config.beforeRedirect = beforeRedirect
        ? (...details) => {
            beforeRedirect(...details)
            strip(...details)
          }
        : strip
      if (adapterName === 'http') return
      const { redirect = 'follow' } = (fetchOptions ?? {}) as RequestInit
      if (isCustom && redirect === 'follow') {
        config.fetchOptions = { ...fetchOptions, redirect: 'error' }
      }
      // axios' fetch adapter, as no function of the app's stands in for it.
      if (typeof config.adapter !== 'function') {
        config.env = { ...config.env, fetch: seeing(config.env?.fetch) }
      }
    },
  }
}

type Fetch = NonNullable<NonNullable<Config['env']>['fetch']>

/** The answers to fetch requests: axios does not tell where they came from. */
const answers = new WeakMap<object, { readonly url: string; readonly redirected: boolean }>()

/** One for each fetch: axios keeps an adapter for every function that it is given. */
const seeingFetches = new WeakMap<Fetch, Fetch>()

/** A fetch that notes where the answer came from. axios takes it from 1.12 on. */
function seeing(given: Fetch | undefined): Fetch {
  const inner = given ?? platformFetch
  const known = seeingFetches.get(inner)
  if (known) return known
  const fetch: Fetch = async (input, init) => {
    const response = await inner(input, init)
    const { url, redirected } = response
    if (typeof input === 'object') answers.set(input, { url, redirected })
    return response
  }
  return seeingFetches.set(inner, fetch).set(fetch, fetch) && fetch
}

/** Looked up at each call, as axios does. */
const platformFetch: Fetch = (input, init) => fetch(input, init)

interface SeenRequest {
  /** http adapter: that of the last hop */
  method?: string
  /** http adapter, after redirects */
  res?: { responseUrl?: string }
  /** xhr adapter */
  responseURL?: string
}

/** Whether a request that changes something was redirected, and may have been taken before that. */
export function wasLedOn({ config, request }: AxiosResponse): boolean {
  const method = (config.method ?? 'get').toUpperCase()
  if (method === 'GET' || method === 'HEAD' || !request) return false
  const { res, method: last } = request as SeenRequest
  // fetch does not tell with which method it went on; XMLHttpRequest tells nothing.
  return res ? last !== undefined && last !== method : !!answers.get(request as object)?.redirected
}

/** Where an answer came from, where the adapter tells. */
export function answeredBy(response: AxiosResponse): string | undefined {
  const request = response.request as SeenRequest | undefined
  if (!request) return undefined
  const url = request.res?.responseUrl || request.responseURL || answers.get(request)?.url
  // Mocks put in what they please.
  return url !== undefined && /^https?:/i.test(url) ? url : undefined
}

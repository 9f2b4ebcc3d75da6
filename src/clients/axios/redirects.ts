import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios'

type Config = InternalAxiosRequestConfig
type BeforeRedirect = NonNullable<Config['beforeRedirect']>

/** Takes the credential off redirects to origins that may not see it. */
export interface RedirectGuard {
  /** Sets what axios is to do on redirects of this request. */
  guard(config: Config, adapter: AxiosAdapter): void
}

/**
 * The platform itself takes only `Authorization` off, and not always. Where axios gives no way (its
 * fetch adapter, a custom header), the redirect is refused.
 *
 * @param header - the one that carries the token
 */
export function createRedirectGuard(
  header: string,
  isAllowed: (url: string) => boolean,
): RedirectGuard {
  const lower = header.toLowerCase()
  const isCustom = lower !== 'authorization'

  const strip: BeforeRedirect = (options: { href?: string; headers?: Record<string, unknown> }) => {
    if (options.href !== undefined && isAllowed(options.href)) return
    for (const name of Object.keys(options.headers ?? {})) {
      if (name.toLowerCase() === lower) delete options.headers?.[name]
    }
  }

  return {
    guard(config, adapter) {
      const { adapterName } = adapter as { adapterName?: string }
      // XMLHttpRequest follows redirects unseen: docs/axios.md says what that means.
      if (adapterName === 'xhr' || config.maxRedirects === 0) return
      const { beforeRedirect, fetchOptions } = config
      config.beforeRedirect = beforeRedirect
        ? (...details) => {
            beforeRedirect(...details)
            strip(...details)
          }
        : strip
      if (isCustom && adapterName !== 'http') {
        const { redirect = 'follow' } = (fetchOptions ?? {}) as RequestInit
        if (redirect === 'follow') config.fetchOptions = { ...fetchOptions, redirect: 'error' }
      }
    },
  }
}

interface SeenRequest {
  /** http adapter, after redirects */
  res?: { responseUrl?: string }
  /** xhr adapter */
  responseURL?: string
}

/** Where an answer came from, where the adapter tells. */
export function answeredBy(response: AxiosResponse): string | undefined {
  const request = response.request as SeenRequest | undefined
  return request?.res?.responseUrl || request?.responseURL || undefined
}

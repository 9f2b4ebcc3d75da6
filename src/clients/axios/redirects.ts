import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios'

interface RedirectOptions {
  href?: string
  headers?: Record<string, unknown>
}

/**
 * Takes the credential off a redirect to an origin that may not see it. The platform itself does so
 * for `Authorization` alone, and not always. Where axios gives no way (its fetch adapter, a custom
 * header), the redirect is refused.
 *
 * @returns what puts the caller's config back
 */
export function guardRedirects(
  config: InternalAxiosRequestConfig,
  adapter: AxiosAdapter,
  header: string,
  isAllowed: (url: string) => boolean,
): (() => void) | undefined {
  const { adapterName } = adapter as { adapterName?: string }
  // XMLHttpRequest follows redirects unseen: docs/axios.md says what that means.
  if (adapterName === 'xhr' || config.maxRedirects === 0) return undefined
  const { beforeRedirect, fetchOptions } = config
  const lower = header.toLowerCase()
  const isCustom = lower !== 'authorization'

  config.beforeRedirect = (options: RedirectOptions, ...details) => {
    beforeRedirect?.(options, ...details)
    if (options.href !== undefined && isAllowed(options.href)) return
    for (const name of Object.keys(options.headers ?? {})) {
      if (name.toLowerCase() === lower) delete options.headers?.[name]
    }
  }
  if (isCustom && adapterName !== 'http') {
    const { redirect = 'follow' } = (fetchOptions ?? {}) as RequestInit
    if (redirect === 'follow') config.fetchOptions = { ...fetchOptions, redirect: 'error' }
  }
  return () => void Object.assign(config, { beforeRedirect, fetchOptions })
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

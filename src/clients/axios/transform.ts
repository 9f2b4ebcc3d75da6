import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'

type Transform = NonNullable<InternalAxiosRequestConfig['transformResponse']>

/** Stand-ins that keep axios from transforming an answer again, and what they stand in for. */
const originals = new WeakMap<object, Transform | undefined>()

/**
 * Runs the request's response transforms, so that `expired` sees what the app will see, and keeps
 * axios from running them a second time. What one of them throws, axios gets when it would have run.
 */
export function transformNow(config: InternalAxiosRequestConfig, response: AxiosResponse): void {
  const transforms = originalTransforms(config)
  const withResponse = config as InternalAxiosRequestConfig & { response?: AxiosResponse }
  let fail: (() => never) | undefined
  // axios lets transforms see the response there.
  withResponse.response = response
  try {
    for (const transform of [transforms ?? []].flat()) {
      response.data = transform.call(
        config,
        response.data,
        response.headers as Parameters<typeof transform>[1],
        response.status,
      ) as unknown
    }
  } catch (error) {
    fail = () => {
      throw error
    }
  }
  delete withResponse.response
  const skip = (data: unknown): unknown => {
    restoreTransforms(config)
    fail?.()
    return data
  }
  originals.set(skip, transforms)
  config.transformResponse = skip
}

/** Puts back what the caller gave: the config is seen again on responses and errors. */
export function restoreTransforms(config: InternalAxiosRequestConfig): void {
  const transforms = originalTransforms(config)
  if (transforms) config.transformResponse = transforms
  else delete config.transformResponse
}

function originalTransforms(config: InternalAxiosRequestConfig): Transform | undefined {
  const given = config.transformResponse
  return typeof given === 'function' && originals.has(given) ? originals.get(given) : given
}

import { FormData as UndiciFormData } from 'undici'
import type { NeutralAnswer } from '../contract/neutral-client.js'

/** As apps join them. */
export function urlOf(
  origin: string,
  path: string,
  query?: Readonly<Record<string, string>>,
): string {
  const url = path.startsWith('/') && !/^\/[/\\\t]/.test(path) ? origin + path : path
  return query ? `${url}?${new URLSearchParams(query).toString()}` : url
}

/**
 * What apps write around a body: undici's `request` knows neither plain objects nor URLSearchParams,
 * and of FormData only its own.
 */
export function bodyOf(
  body: unknown,
  isUndici = true,
): [bytes: unknown, type: Record<string, string>] {
  if (body instanceof URLSearchParams) {
    return [body.toString(), { 'Content-Type': 'application/x-www-form-urlencoded' }]
  }
  if (isUndici && body instanceof FormData) {
    const form = new UndiciFormData()
    for (const [name, value] of body) form.append(name, value)
    return [form, {}]
  }
  const isPlain = typeof body === 'object' && body?.constructor === Object
  return isPlain ? [JSON.stringify(body), { 'Content-Type': 'application/json' }] : [body, {}]
}

export function answerOf(
  status: number,
  get: (name: string) => string | null,
  text: string,
  raw: unknown,
): NeutralAnswer {
  return {
    status,
    headers: { get },
    json: () => JSON.parse(text) as unknown,
    text: () => text,
    raw,
  }
}

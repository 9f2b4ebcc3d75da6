import axios, { isAxiosError } from 'axios'
import { isSessionError } from 'unexpired'
import type { Session } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { createFetch } from 'unexpired/fetch'

import type { Send } from './sending.js'

/** What an answer holds, where it is JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const json = { 'Content-Type': 'application/json' }

/** createFetch around the platform's own fetch. */
export function fetchClient(session: Session, origin: string): Send {
  const api = createFetch(session, { origins: [origin] })
  return async ({ method, path, body, signal }) => {
    const response = await api(origin + path, {
      method,
      ...(body === undefined ? {} : { body, headers: json }),
      ...(signal ? { signal } : {}),
    })
    return { status: response.status, body: jsonOf(await response.text()) }
  }
}

/** axios as it comes: an answer of 400 and above is an error there. */
export function axiosClient(session: Session, origin: string): Send {
  const api = attachSession(axios.create({ baseURL: origin }), session)
  return async ({ method, path, body, signal }) => {
    try {
      const { status, data } = await api.request<unknown>({
        method,
        url: path,
        ...(body === undefined ? {} : { data: body, headers: json }),
        ...(signal ? { signal } : {}),
      })
      return { status, body: data }
    } catch (error) {
      if (isSessionError(error) || !isAxiosError(error) || !error.response) throw error
      return { status: error.response.status, body: error.response.data }
    }
  }
}

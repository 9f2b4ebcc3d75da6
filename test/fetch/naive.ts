import type { MakeFetch } from './scene.js'

/** What a caller hands over, as far as a naive fetch thinks of it. */
type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }

/** As everybody writes it. */
export const naive: MakeFetch = (session, options = {}) => {
  const { header = 'Authorization', scheme = 'Bearer', expired } = options
  const isExpired = expired ?? ((response: Response) => response.status === 401)
  return async (input: RequestInfo | URL, init?: object) => {
    const { headers, ...rest } = (init ?? {}) as Init
    const send = async (): Promise<Response> => {
      const token = `${scheme} ${await session.getAccessToken()}`.trim()
      return fetch(input, { ...rest, headers: { ...headers, [header]: token } })
    }
    const response = await send()
    if (!(await isExpired(response))) return response
    await session.refresh()
    return send()
  }
}

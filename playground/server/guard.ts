import type { IncomingMessage } from 'node:http'

/** Under which names the page may be opened. Another name that leads here is somebody's trick. */
const hosts = ['127.0.0.1', 'localhost']

const loopback = (port: number): string[] => hosts.map((host) => `${host}:${port}`)

/** Whether the request is addressed to this machine by one of its own names (DNS rebinding). */
export const isOwnHost = ({ headers }: IncomingMessage, port: number): boolean =>
  loopback(port).includes(headers.host ?? '')

/** The origins of the page. */
export const pageOrigins = (port: number): string[] =>
  loopback(port).map((host) => `http://${host}`)

/**
 * Whether another site's page has sent this, as far as a browser says so. Programs that are no
 * browsers send neither header, and could forge both.
 */
export function isForeign({ headers }: IncomingMessage, port: number): boolean {
  const { origin } = headers
  if (origin !== undefined) return !pageOrigins(port).includes(origin)
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

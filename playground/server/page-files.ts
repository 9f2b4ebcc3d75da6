import type { IncomingMessage, ServerResponse } from 'node:http'

import type { PageFile, PageFiles } from '../build-page.js'

/** The file that a path means: a folder is its page. */
export const findFile = (files: PageFiles, path: string): PageFile | undefined =>
  files.get(path) ?? files.get(`${path.replace(/\/$/, '')}/index.html`)

/** Nothing comes from elsewhere, and nothing goes elsewhere, but to the servers of the playground. */
const policy = (lines: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...lines].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

export function sendFile(
  { method }: IncomingMessage,
  response: ServerResponse,
  { type, body }: PageFile,
  lines: readonly string[],
): void {
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    // Not `no-store`: that would keep the page out of the back/forward cache.
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': policy(lines),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(method === 'HEAD' ? undefined : body)
}

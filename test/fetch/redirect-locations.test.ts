import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { bothWays, none, xToken } from './redirect-hosts.js'
import { signedIn } from './scene.js'
import { serve } from './server.js'

interface Named {
  readonly home: string
  readonly elsewhere: string
}

/** What a Location may say, byte for byte; `undefined`: there is none. */
const locations: Readonly<Record<string, (hosts: Named) => string | undefined>> = {
  'a path': () => '/target',
  'a path without a slash': () => 'target',
  'a path up': () => '../target',
  'a query alone': () => '?a=1',
  'with a fragment': () => '/target#part',
  'without a scheme': ({ elsewhere }) => `//${elsewhere}/target`,
  'with backslashes': ({ elsewhere }) => `\\\\${elsewhere}\\target`,
  'with a space inside': () => '/tar get?a b',
  'with bytes of UTF-8': () => Buffer.from('/zîel?ü=ï').toString('latin1'),
  'percent-encoded': () => '/z%C3%AEel',
  'of home by another name': ({ home }) => `http://localhost:${home.split(':')[1]}/target`,
  'that is missing': () => undefined,
  'that is no URL': () => 'http://[broken',
  'of javascript': () => 'javascript:alert(1)',
  'of data': () => 'data:text/plain,hello',
  'of a file': () => 'file:///etc/passwd',
  'of another scheme': ({ elsewhere }) => `ftp://${elsewhere}/target`,
  'of a blob': ({ elsewhere }) => `blob:http://${elsewhere}/1`,
  'with a user name': ({ elsewhere }) => `http://ann:pass@${elsewhere}/target`,
  'of home with a user name': ({ home }) => `http://ann:pass@${home}/target`,
}

test.each(Object.entries(locations))(
  'a Location %s is taken as the platform takes it',
  async (_what, write) => {
    const elsewhere = await serve((_request, response) => response.end('elsewhere'))
    const home = await serve(({ url, headers }, response) => {
      if (url !== '/a/from') {
        response.end('home')
        return
      }
      const to = write({ home: headers.host ?? '', elsewhere: elsewhere.host })
      const location = to === undefined ? '' : `Location: ${to}\r\n`
      const answer = `HTTP/1.1 302 Found\r\n${location}Content-Length: 5\r\nConnection: close\r\n\r\nmoved`
      response.socket?.end(Buffer.from(answer, 'latin1'))
    })
    const { theirs, ours } = await bothWays({ home, elsewhere }, (token) => [
      `${home.url}/a/from`,
      { headers: token },
    ])
    expect(ours.all).toEqual(theirs.all)
    expect(ours.signed.elsewhere).toEqual(none(ours.signed.elsewhere))
  },
)

test('a Location that was decoded already, by whatever fetch this is, is left as it is', async () => {
  const urls: string[] = []
  const { api } = await signedIn({
    ...xToken,
    origins: ['https://api.example.com'],
    fetch(input) {
      const url = input as string
      urls.push(url)
      if (!url.endsWith('/from')) return Promise.resolve(new Response(''))
      const response = new Response(null, { status: 302 })
      const get = (name: string): string | null => (name === 'location' ? '/あ' : null)
      return Promise.resolve(Object.defineProperty(response, 'headers', { value: { get } }))
    },
  })
  await api('https://api.example.com/from')
  expect(urls).toEqual(['https://api.example.com/from', 'https://api.example.com/%E3%81%82'])
})

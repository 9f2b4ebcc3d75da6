import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { startRecorder } from './recorder.js'
import { enter, outcome, start } from './stage.js'
import type { Stage } from './stage.js'
import type { Suite } from './suite.js'

interface Hosts {
  readonly own: string
  readonly other: string
}

/** Ways to write an URL so that it leads elsewhere, or seems to. */
const tricky: Readonly<Record<string, (hosts: Hosts) => string>> = {
  absolute: ({ other }) => `http://${other}/api/thing`,
  'with an upper-case scheme': ({ other }) => `HTTP://${other}/api/thing`,
  'protocol-relative': ({ other }) => `//${other}/api/thing`,
  'with three slashes': ({ other }) => `///${other}/api/thing`,
  'with our host as a user name': ({ own, other }) => `http://${own.split(':')[0]}@${other}/api`,
  'with our host as user name and password': ({ own, other }) => `http://${own}@${other}/api`,
  'with our host and a backslash before the @': ({ own, other }) => `http://${own}\\@${other}/api`,
  'with backslashes for slashes': ({ other }) => `http:\\\\${other}\\api\\thing`,
  'with two backslashes': ({ other }) => `\\\\${other}/api/thing`,
  'with a slash and a backslash': ({ other }) => `/\\${other}/api/thing`,
  'with a single slash': ({ other }) => `http:/${other}/api/thing`,
  'without a slash': ({ other }) => `http:${other}/api/thing`,
  'with a space before it': ({ other }) => ` http://${other}/api/thing`,
  'with a space before two slashes': ({ other }) => ` //${other}/api/thing`,
  'with a tab inside': ({ other }) => `/\t/${other}/api/thing`,
  'with a line break inside': ({ other }) => `ht\ntp://${other}/api/thing`,
  'that begins with an @': ({ other }) => `@${other}/api/thing`,
  'on our host by another name': ({ own }) => `http://localhost:${own.split(':')[1]}/api/thing`,
}

export function origins({ make, protocol }: Suite): void {
  const { api } = protocol
  const hostOf = (url: string): string => new URL(url).host

  /** Nothing of ours is in what others were sent. */
  function expectNoToken(stage: Stage, sent: unknown): void {
    const { accessToken } = stage.session.tokens ?? {}
    expect(accessToken).toBeTypeOf('string')
    expect(inspect(sent, { depth: 5, maxStringLength: null })).not.toContain(accessToken)
  }

  test.each(Object.entries(tricky))(
    'G39 an URL %s takes no token elsewhere',
    async (_how, write) => {
      const elsewhere = await startRecorder()
      const stage = await enter(make, protocol)
      const own = hostOf(stage.server.url)
      await outcome(stage.client.send({ path: write({ own, other: elsewhere.host }) }))
      expectNoToken(stage, elsewhere.requests)
      // By another name it is another origin, wherever that leads.
      const byOtherName = stage.server.requests.filter(({ path }) => path === '/api/thing')
      expect(byOtherName.flatMap(({ credentials }) => credentials)).toEqual([])
      expect(stage.server.counts.refreshes).toBe(0)
    },
  )

  test('G39 a 401 from elsewhere is handed over and refreshes nothing', async () => {
    const elsewhere = await startRecorder()
    const stage = await enter(make, protocol)
    const answer = await stage.client.send({ path: `${elsewhere.url}/api/thing` })
    expect(answer.status).toBe(401)
    expect(answer.json()).toMatchObject({ code: 1234 })
    expect(elsewhere.requests).toHaveLength(1)
    expectNoToken(stage, elsewhere.requests)
    expect(stage.server.counts.refreshes).toBe(0)
    expect(stage.session.explain().map(({ type }) => type)).toEqual(['signed-in'])
  })

  test('G39 a request elsewhere is not held by a refresh here', async () => {
    const elsewhere = await startRecorder()
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    await stage.clock.advance(60_000)
    const held = stage.call()
    await stage.client.send({ path: `${elsewhere.url}/api/thing` })
    expect(stage.session.status).toBe('refreshing')
    release()
    await held
  })

  test('G39 an absolute URL of our own origin carries the token, however it is written', async () => {
    const stage = await enter(make, protocol)
    const host = hostOf(stage.server.url)
    for (const origin of [
      `http://${host}`,
      `HTTP://${host}`,
      `http://${host.replace('0.0.', '')}`,
    ]) {
      const answer = await stage.client.send({ path: `${origin}${api}/thing` })
      expect(protocol.echo(answer).user).toBe('ann')
    }
  })

  test('G39 a token goes to the origins that were named, and to no other', async () => {
    const named = await startRecorder()
    const stage = await enter(make, protocol, { client: { origins: [named.url] } })
    await outcome(stage.client.send({ path: `${named.url}/first?as=200` }))
    expect(inspect(named.requests[0]?.headers)).toContain(stage.tokens?.accessToken)
    expect(protocol.isTurnedAway(await stage.call('/own'))).toBe(true)
    expect(stage.received('/own')).toMatchObject([{ credentials: [] }])
  })

  test('G39 two servers of one app may both be named', async () => {
    const other = await start()
    const own = await start()
    const stage = await enter(make, protocol, {
      client: { origins: [other.url, own.url], origin: own.url },
    })
    await stage.call()
    await outcome(
      stage.client.send({ path: `${other.url}${api}/thing`, session: { replay: false } }),
    )
    expect(own.requests[0]?.credentials).toHaveLength(1)
    expect(other.requests[0]?.credentials).toHaveLength(1)
  })
}

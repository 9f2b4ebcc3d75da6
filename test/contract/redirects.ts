import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { startRecorder } from './recorder.js'
import { enter, errorOf, outcome } from './stage.js'
import type { Stage } from './stage.js'
import type { Suite } from './suite.js'

export function redirects({ make, protocol, can }: Suite): void {
  const isCustom = protocol.credential.header !== 'Authorization'
  const fate = isCustom ? can.redirects.custom : can.redirects.authorization
  const redirect = (stage: Stage, to: string, status: string) =>
    stage.call('/redirect', { method: 'POST', query: { to, status }, body: { a: 1 } })

  const whereTo = {
    followed: 'is followed without the token, and a 401 from there refreshes nothing',
    refused: 'is refused',
    unseen: 'is followed by the platform, and a 401 from there refreshes nothing',
  }[fate]

  function expectNoToken(stage: Stage, sent: unknown): void {
    const { accessToken } = stage.session.tokens ?? {}
    expect(accessToken).toBeTypeOf('string')
    const shown = inspect(sent, { depth: 5, maxStringLength: null })
    // Where the platform follows on its own and tells nobody, a client has no say in it.
    if (fate !== 'unseen') expect(shown).not.toContain(accessToken)
  }

  for (const status of ['301', '302', '303', '307', '308']) {
    test(`G39 a redirect elsewhere (${status}) ${whereTo}`, async () => {
      const elsewhere = await startRecorder()
      const stage = await enter(make, protocol)
      const { value } = await outcome(redirect(stage, `${elsewhere.url}/caught`, status))
      expectNoToken(stage, elsewhere.requests)
      expect(elsewhere.requests).toHaveLength(fate === 'refused' ? 0 : 1)
      expect(value?.status).toBe(fate === 'refused' ? undefined : 401)
      // It said 401, in the words of both protocols; but it is not for it to say.
      expect(stage.server.counts.refreshes).toBe(0)
      expect(stage.received()).toHaveLength(1)
    })
  }

  test(`G39 the replay of a redirected request ${whereTo}`, async () => {
    const elsewhere = await startRecorder()
    const stage = await enter(make, protocol)
    stage.server.orders.expireNow()
    await outcome(redirect(stage, `${elsewhere.url}/caught`, '307'))
    expectNoToken(stage, elsewhere.requests)
    expect(elsewhere.requests).toHaveLength(fate === 'refused' ? 0 : 1)
    expect(stage.received().map(({ outcome: became }) => became)).toEqual(['turned-away', 'served'])
    expect(stage.server.counts.refreshes).toBe(1)
  })

  test(`a redirect at home ${fate === 'refused' ? 'is refused too' : 'keeps the token'}`, async () => {
    const stage = await enter(make, protocol)
    const call = redirect(stage, `${stage.server.url}${protocol.api}/target`, '307')
    if (fate !== 'refused') {
      expect(protocol.echo(await call)).toMatchObject({
        user: 'ann',
        path: `${protocol.api}/target`,
      })
      return
    }
    expect(await errorOf(call)).not.toHaveProperty('code', 'session-ended')
    expect(stage.received('/target')).toEqual([])
  })

  // Where the platform follows and tells nobody, a client cannot know.
  if (fate === 'unseen') return
  test('G26 a POST that was taken, and led on to what turns the token away, is not sent again', async () => {
    const stage = await enter(make, protocol)
    const to = `${stage.server.url}${protocol.api}/always-401`
    const { value } = await outcome(redirect(stage, to, '303'))
    expect(stage.received('/redirect')).toHaveLength(1)
    if (fate === 'followed') expect(value && protocol.isTurnedAway(value)).toBe(true)
  })
}

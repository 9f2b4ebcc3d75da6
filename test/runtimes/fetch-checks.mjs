/** What createFetch does on a runtime's own fetch: inputs, bodies, redirects. */
import { createServer } from 'node:http'

import { createFetch } from 'unexpired/fetch'

/** A server that writes down the headers that it is sent. */
async function listen(answer) {
  const seen = []
  const server = createServer((incoming, response) => {
    seen.push(incoming.headers)
    answer(incoming, response)
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    seen,
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((closed) => {
        server.close(closed)
        server.closeAllConnections()
      }),
  }
}

export function fetchChecks({ start, equal, herd, rejection, startOfRefresh }) {
  const bodies = {
    text: () => 'text ü',
    URLSearchParams: () => new URLSearchParams({ a: '1 2' }),
    Blob: () => new Blob(['a blob']),
    bytes: () => new TextEncoder().encode('bytes'),
  }

  async function enter(options) {
    const { server, session } = await start({ serverOptions: { latency: { refresh: 30 } } })
    const api = createFetch(session, { origins: [server.url], ...options })
    const send = (path, init) => api(`${server.url}/api${path}`, init)
    return { server, session, api, send }
  }

  const checks = {
    async 'fetch: a herd is replayed after one refresh, bodies whole'() {
      const { server, send } = await enter()
      for (const [kind, body] of Object.entries(bodies)) {
        server.orders.expireNow()
        const { refreshes } = server.counts
        const answers = await herd(10, async (index) =>
          (await send(`/things?index=${index}`, { method: 'POST', body: body() })).json(),
        )
        const expected = await new Response(body()).text()
        equal([...new Set(answers.map((answer) => answer.body))], [expected], `body of ${kind}`)
        equal(server.counts.refreshes - refreshes, 1, 'refreshes')
      }
      await server.close()
    },

    async 'fetch: a Request with a body is replayed whole'() {
      const { server, api } = await enter()
      server.orders.expireNow()
      const request = new Request(`${server.url}/api/things`, { method: 'POST', body: 'whole' })
      equal((await (await api(request)).json()).body, 'whole', 'body')
      equal(server.counts.refreshes, 1, 'refreshes')
      await server.close()
    },

    async 'fetch: expired reads a code, and the caller reads the body again'() {
      const { server, send } = await enter({
        expired: async (response) => (await response.json()).error !== undefined,
      })
      server.orders.expireNow()
      equal((await (await send('/things')).json()).path, '/api/things', 'path')
      equal(server.counts.refreshes, 1, 'refreshes')
      await server.close()
    },

    async 'fetch: an abort while held rejects with its reason'() {
      const { server, session, send } = await enter()
      server.orders.expireNow()
      const refreshing = startOfRefresh(session)
      const controller = new AbortController()
      const failed = rejection(send('/things', { signal: controller.signal }))
      await refreshing
      controller.abort(new Error('the user left'))
      equal((await failed).message, 'the user left', 'reason')
      await server.close()
    },
  }

  for (const header of ['Authorization', 'X-Token']) {
    checks[`fetch: a redirect elsewhere does not take ${header} along`] = async () => {
      const stranger = await listen((incoming, response) => response.writeHead(401).end())
      const home = await listen((incoming, response) =>
        response.writeHead(307, { Location: stranger.url }).end(),
      )
      const { server, session } = await enter()
      const { accessToken } = session.tokens
      const api = createFetch(session, { header, origins: [home.url] })
      const answer = await api(home.url, { method: 'POST', body: 'b' })
      equal([answer.status, answer.redirected, answer.url], [401, true, stranger.url], 'answer')
      const sent = [home, stranger].map(({ seen }) => JSON.stringify(seen).includes(accessToken))
      equal(sent, [true, false], 'token at home, and elsewhere')
      equal([stranger.seen.length, server.counts.refreshes], [1, 0], 'requests, refreshes')
      await Promise.all([home.close(), stranger.close(), server.close()])
    }
  }
  return checks
}

import { createSession } from 'unexpired'
import { redisStore } from 'unexpired/redis'

import type { RedisServer } from '../test/node/harness/redis-server.js'
import { startRelay } from './redis-relay.js'
import type { Traffic } from './redis-relay.js'
import { connect, later, openNaive, tokenForms } from './redis-world.js'

const refreshes = 50
const requests = 200

/** For each refresh. */
export interface Trips extends Traffic {
  readonly commands: number
}

/** A turn is given back when the tokens have been given out already. */
const given = (): Promise<void> => later(2)

/** Those that the scripts run are counted beside `eval`: they cost no trip, and no parsing. */
const isSent = (name: string): boolean =>
  ['eval', 'evalsha', 'get', 'set', 'del', 'subscribe'].includes(name)

async function commandsOf(server: RedisServer, isScripted: boolean): Promise<number> {
  const counts = Object.entries(await server.counts())
  return counts
    .filter(([name]) => isSent(name) && (!isScripted || name.startsWith('eval')))
    .reduce((sum, [, calls]) => sum + calls, 0)
}

/** What a refresh and a request with a live token cost, by hand and with `redisStore`. */
export async function redisTrips(
  server: RedisServer,
): Promise<{ naive: Trips; ours: Trips; naiveLive: number; oursLive: number }> {
  const relay = await startRelay(server.port)
  const client = await connect(relay.port)

  async function measure(
    times: number,
    isScripted: boolean,
    run: () => Promise<unknown>,
  ): Promise<Trips> {
    await run()
    await later(50)
    await server.resetCounts()
    relay.reset()
    for (let done = 0; done < times; done += 1) {
      await run()
      await given()
    }
    // What is said last may still be on its way.
    await later(50)
    const { trips, bytesSent, bytesReceived } = relay.traffic
    return {
      commands: (await commandsOf(server, isScripted)) / times,
      trips: trips / times,
      bytesSent: bytesSent / times,
      bytesReceived: bytesReceived / times,
    }
  }

  const naiveOnes = openNaive(client)
  let token = tokenForms.opaque().accessToken
  await naiveOnes.signIn('user', { ...tokenForms.opaque(), accessToken: token })
  const naive = await measure(refreshes, false, async () => {
    token = await naiveOnes.renew('user', token)
  })
  const naiveRead = await measure(requests, false, () => naiveOnes.getAccessToken('user'))

  const session = createSession({
    store: redisStore(client, 'user'),
    refresh: () => Promise.resolve(tokenForms.opaque()),
  })
  await session.signIn(tokenForms.opaque())
  const ours = await measure(refreshes, true, () => session.refresh())
  const live = await measure(requests, true, () =>
    session.authorize(() => Promise.resolve({ status: 200 })),
  )
  await session.close()
  client.disconnect()
  relay.close()
  if (live.commands > 0 || live.bytesSent > 0) {
    throw new Error('a request with a live token has asked Redis')
  }
  return { naive, ours, naiveLive: naiveRead.trips, oursLive: live.trips }
}

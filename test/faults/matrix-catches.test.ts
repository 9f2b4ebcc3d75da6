import { afterAll, expect, test } from 'vitest'
import { triesAgain } from '../axios/naive/before-the-request.js'
import type { Attach } from '../axios/naive/client.js'
import { interceptorQueue } from '../axios/naive/interceptor-queue.js'
import { forgetsWaiters, neverGivesUp } from '../axios/naive/waiters.js'
import { backEnds, closeShared, type BackEndName } from './back-end.js'
import { play, type Cell } from './cell.js'
import { clients } from './clients.js'
import { faultNamed } from './faults.js'
import { judge } from './judge.js'
import { naiveAxios } from './naive-axios.js'
import type { Phase } from './rows.js'
import { sessionOf } from './subject.js'

afterAll(closeShared)

const { ways } = clients['axios, http adapter']

interface Where {
  readonly server?: BackEndName
  readonly boundMs?: number
}

/** Nobody needs to wait long for what never comes. */
const hanging: Where = { boundMs: 1_500 }

/** What is wrong with it, each promise once. */
async function brokenBy(
  attach: Attach,
  phase: Phase,
  fault: string,
  { server = 'a server with a grace window', boundMs }: Where = {},
): Promise<string[]> {
  const cell: Cell = {
    makeSubject: naiveAxios(attach),
    startBackEnd: backEnds[server],
    phase,
    fault: faultNamed(fault),
    ...(boundMs !== undefined && { boundMs }),
  }
  const wrong = judge(cell, await play(cell), ways)
  return [...new Set(wrong.map((what) => what.slice(0, what.indexOf(':'))))]
}

const settles = 'G9 every request settles in time'
const endsOnce = 'G15 G18 its end is told once, and only then'
const isAlone = 'G11 G28 it is sent as often as it may be'

test('the interceptor that everyone copies passes where nothing is lost', async () => {
  expect(await brokenBy(interceptorQueue, 'refresh', 'is slow with the answer')).toEqual([])
})

test.each([
  'is refused',
  'is reset at once',
  'is reset when the request was read',
  'is closed when the request was read',
  'was kept alive, and is reset by its next request',
  'is reset when the server has done its work',
  'is cut in the status line',
  'is cut in the headers',
  'is cut in the body',
  'leads to a gateway without a server',
  'brings garbage for the answer',
])(
  'the matrix catches that it signs out where a refresh meets a connection that %s',
  async (fault) => {
    expect(await brokenBy(interceptorQueue, 'refresh', fault)).toContain(endsOnce)
  },
)

test('the matrix catches that it hangs where a refresh is not answered', async () => {
  const silent = [
    'loses the request',
    'loses the answer',
    'stalls in the headers',
    'stalls in the body',
  ]
  const broken = await Promise.all(
    silent.map((fault) => brokenBy(interceptorQueue, 'refresh', fault, hanging)),
  )
  for (const each of broken) expect(each).toContain(settles)
})

test('the matrix catches who leaves the others waiting when a refresh fails', async () => {
  const broken = await brokenBy(
    forgetsWaiters,
    'refresh',
    'is reset when the request was read',
    hanging,
  )
  expect(broken).toContain(settles)
})

test('the matrix catches who sends again what the network has failed', async () => {
  const broken = await brokenBy(triesAgain, 'first', 'is reset when the server has done its work')
  expect(broken).toContain(isAlone)
})

test('the matrix catches who signs out at oidc-provider without having been refused', async () => {
  const fault = 'is reset when the request was read'
  expect(await brokenBy(neverGivesUp, 'refreshes', fault, { server: 'oidc-provider' })).toContain(
    endsOnce,
  )
})

test('the matrix catches a fault that was not met', async () => {
  const cell: Cell = {
    makeSubject: sessionOf(clients['fetch of Node'].make),
    startBackEnd: backEnds['a server with strict rotation'],
    phase: 'refresh',
    fault: faultNamed('is slow with the answer'),
  }
  const played = await play(cell)
  expect(judge(cell, played, ways)).toEqual([])
  expect(judge(cell, { ...played, met: 0 }, ways)).toEqual(['the fault was met: 0'])
})

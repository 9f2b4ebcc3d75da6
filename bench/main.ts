import { fetchHerd } from './fetch-herd.js'
import { fetchLiveToken, fetchLooking, fetchRequestInput } from './fetch-live-token.js'
import { fetchRealServer } from './fetch-real-server.js'
import { heldRequests } from './heap.js'
import { expiredHerd } from './herd.js'
import { liveToken } from './live-token.js'
import { realServer } from './real-server.js'
import { redis } from './redis.js'
import { undiciLiveToken, undiciRealServer } from './undici.js'

/** Prints each figure beside what it is measured against; nothing here fails a build. */
function table(title: string, rows: Record<string, string>): void {
  console.log(`\n${title}`)
  for (const [name, value] of Object.entries(rows)) console.log(`  ${name.padEnd(52)} ${value}`)
}

const times = (ratio: number): string => `${ratio.toFixed(3)} ×`

const live = await liveToken()
table('A live token, stub adapter: time against bare axios (aim: at most 1.05 ×)', {
  'bare axios': times(live['bare'] ?? NaN),
  'a plain hand-written interceptor': times(live['handWritten'] ?? NaN),
  'unexpired, lifetime unknown': times(live['unexpired'] ?? NaN),
  'unexpired, lifetime known': times(live['unexpiredWithLifetime'] ?? NaN),
})

const real = await realServer()
table('A live token, real server on 127.0.0.1: time against bare axios', {
  'bare axios': times(real['bare'] ?? NaN),
  unexpired: times(real['unexpired'] ?? NaN),
})

const herd = await expiredHerd()
table('10,000 requests find the token expired at once', {
  'refreshes (aim: 1)': String(herd.refreshes),
  'time against the ideal and 20,000 bare sends (aim: 1.1)': `${times(herd.ratio)} (${herd.ms.toFixed(0)} ms)`,
})

const fetchLive = await fetchLiveToken()
table('fetch, a live token, stub dispatcher: time against bare fetch (aim: at most 1.05 ×)', {
  'bare fetch, the header set by hand': times(fetchLive['bare'] ?? NaN),
  'a plain hand-written wrapper': times(fetchLive['handWritten'] ?? NaN),
  'unexpired, lifetime unknown': times(fetchLive['unexpired'] ?? NaN),
  'unexpired, lifetime known': times(fetchLive['unexpiredWithLifetime'] ?? NaN),
})

const fetchRequest = await fetchRequestInput()
table('The same with a Request', {
  'bare fetch, the header set by hand': times(fetchRequest['bare'] ?? NaN),
  'a plain hand-written wrapper': times(fetchRequest['handWritten'] ?? NaN),
  'unexpired, lifetime known': times(fetchRequest['unexpired'] ?? NaN),
})

const fetchLook = await fetchLooking()
table('The same with an `expired` that reads the JSON: time against a wrapper that clones', {
  'a hand-written wrapper that clones each answer': times(fetchLook['bare'] ?? NaN),
  'unexpired, lifetime known': times(fetchLook['unexpired'] ?? NaN),
})

const fetchReal = await fetchRealServer()
table('fetch, a live token, real server on 127.0.0.1: time against bare fetch', {
  'bare fetch, the header set by hand': times(fetchReal['bare'] ?? NaN),
  'a plain hand-written wrapper': times(fetchReal['handWritten'] ?? NaN),
  unexpired: times(fetchReal['unexpired'] ?? NaN),
})

const fetchExpired = await fetchHerd()
table('fetch: 10,000 requests find the token expired at once', {
  'refreshes (aim: 1)': String(fetchExpired.refreshes),
  'time against the ideal and 20,000 bare sends (aim: 1.1)': `${times(fetchExpired.ratio)} (${fetchExpired.ms.toFixed(0)} ms)`,
})

const undiciLive = await undiciLiveToken()
table('undici, a live token, stub dispatcher: time against bare request (aim: at most 1.05 ×)', {
  'bare request, the header set by hand': times(undiciLive['bare'] ?? NaN),
  'a plain hand-written interceptor': times(undiciLive['handWritten'] ?? NaN),
  'unexpired, lifetime unknown': times(undiciLive['unexpired'] ?? NaN),
  'unexpired, lifetime known': times(undiciLive['unexpiredWithLifetime'] ?? NaN),
})

const undiciReal = await undiciRealServer()
table('undici, a live token, real server on 127.0.0.1: time against bare request', {
  'bare request, the header set by hand': times(undiciReal['bare'] ?? NaN),
  'a plain hand-written interceptor': times(undiciReal['handWritten'] ?? NaN),
  'unexpired, lifetime known': times(undiciReal['unexpiredWithLifetime'] ?? NaN),
})

const held = await heldRequests()
table('Memory', {
  'a held request, with its promise': `${held.bytesEach.toFixed(0)} bytes`,
  'left of it when all are gone': `${held.bytesLeftEach.toFixed(1)} bytes`,
})

await redis(table)

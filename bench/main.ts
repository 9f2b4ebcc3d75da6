import { heldRequests } from './heap.js'
import { expiredHerd } from './herd.js'
import { liveToken } from './live-token.js'
import { realServer } from './real-server.js'

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

const held = await heldRequests()
table('Memory', {
  'a held request, with its promise': `${held.bytesEach.toFixed(0)} bytes`,
  'left of it when all are gone': `${held.bytesLeftEach.toFixed(1)} bytes`,
})

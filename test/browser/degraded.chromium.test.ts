import { useEngine } from './harness/engine.js'
import { describeDegraded } from './scenarios/degraded.js'
import { describeDeleted } from './scenarios/deleted.js'
import { describeFailing } from './scenarios/failing.js'
import { describeFull } from './scenarios/full.js'
import { describeLease } from './scenarios/lease.js'

const engine = useEngine('chromium')

describeDegraded(engine)
describeDeleted(engine)
describeFailing(engine)
describeFull(engine)
describeLease(engine)

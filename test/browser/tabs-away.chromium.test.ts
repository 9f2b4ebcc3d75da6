import { useEngine } from './harness/engine.js'
import { describeBackForwardCache } from './scenarios/bfcache.js'
import { describeGrace } from './scenarios/grace.js'
import { describeHiddenTabs } from './scenarios/hidden.js'
import { describeHolders } from './scenarios/holders.js'

const engine = useEngine('chromium')
describeHolders(engine)
describeBackForwardCache(engine)
describeGrace(engine)
describeHiddenTabs(engine)

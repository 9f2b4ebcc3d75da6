import { useEngine } from './harness/engine.js'
import { describeBackForwardCache } from './scenarios/bfcache.js'
import { describeGrace } from './scenarios/grace.js'
import { describeHolders } from './scenarios/holders.js'

const engine = useEngine('webkit')
describeHolders(engine)
describeBackForwardCache(engine)
describeGrace(engine)

import { useEngine } from './harness/engine.js'
import { describeStoppedHolders } from './scenarios/frozen.js'

describeStoppedHolders(useEngine('chromium'))

import { useEngine } from './harness/engine.js'
import { describePlayground } from './scenarios/playground.js'

describePlayground(useEngine('firefox'))

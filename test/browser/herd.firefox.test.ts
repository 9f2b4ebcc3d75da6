import { useEngine } from './harness/engine.js'
import { describeHerd } from './scenarios/herd.js'

describeHerd(useEngine('firefox'))

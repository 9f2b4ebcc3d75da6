import { useEngine } from './harness/engine.js'
import { describeButtons } from './scenarios/devtools-buttons.js'
import { describeKeys } from './scenarios/devtools-keys.js'
import { describePage } from './scenarios/devtools-page.js'
import { describeReport } from './scenarios/devtools-report.js'
import { describeSharing } from './scenarios/devtools-sharing.js'

const engine = useEngine('webkit')

describeButtons(engine)
describeKeys(engine)
describeReport(engine)
describeSharing(engine)
describePage(engine)

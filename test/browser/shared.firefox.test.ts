import { useEngine } from './harness/engine.js'
import { describeCanary } from './scenarios/canary.js'
import { describeFormats } from './scenarios/formats.js'
import { describeLocalStorage } from './scenarios/local-storage.js'
import { describeMirror } from './scenarios/mirror.js'
import { describeNetwork } from './scenarios/network.js'
import { describeSecrets } from './scenarios/secrets.js'
import { describeSessions } from './scenarios/sessions.js'
import { describeWorkers } from './scenarios/workers.js'

const engine = useEngine('firefox')

describeSessions(engine)
describeNetwork(engine)
describeWorkers(engine)
describeMirror(engine)
describeFormats(engine)
describeLocalStorage(engine)
describeSecrets(engine)
describeCanary(engine)

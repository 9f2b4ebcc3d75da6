import { liveToken } from './live-token.js'
import { realServer } from './real-server.js'
console.log(await liveToken()); console.log(await realServer()); console.log(await liveToken()); console.log(await realServer())

import { clients } from './clients.js'
import { describeMatrix } from './matrix.js'

describeMatrix('undici, request', clients['undici, request'])

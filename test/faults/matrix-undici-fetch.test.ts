import { clients } from './clients.js'
import { describeMatrix } from './matrix.js'

describeMatrix('undici, fetch', clients['undici, fetch'])

import { clients } from './clients.js'
import { describeMatrix } from './matrix.js'

describeMatrix('fetch of undici', clients['fetch of undici'])

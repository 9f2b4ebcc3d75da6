import { clients } from './clients.js'
import { describeMatrix } from './matrix.js'

describeMatrix('fetch of Node', clients['fetch of Node'])

import { clients } from './clients.js'
import { describeMatrix } from './matrix.js'

describeMatrix('axios, http adapter', clients['axios, http adapter'])

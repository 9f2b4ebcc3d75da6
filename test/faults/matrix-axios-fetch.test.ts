import { clients } from './clients.js'
import { describeMatrix } from './matrix.js'

describeMatrix('axios, fetch adapter', clients['axios, fetch adapter'])

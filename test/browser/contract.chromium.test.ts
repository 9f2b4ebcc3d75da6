import { contractIn } from './contract/contract-in.js'

contractIn('chromium')

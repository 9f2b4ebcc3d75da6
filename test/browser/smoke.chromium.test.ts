import { smokeTests } from './harness/smoke.js'

smokeTests('chromium')

import createClient from 'openapi-fetch'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { paths } from './openapi.js' // made by openapi-typescript

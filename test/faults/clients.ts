import axios from 'axios'
import { attachSession } from 'unexpired/axios'
import { createFetch } from 'unexpired/fetch'
import { axiosClient } from '../axios/client.js'
import type { MakeClient } from '../contract/neutral-client.js'
import { fetchClient } from '../fetch/client.js'
import { undiciPackageClient } from '../fetch/undici-client.js'
import { fetchClient as undiciFetchClient } from '../undici/fetch-client.js'
import { requestClient } from '../undici/request-client.js'
import type { Ways } from './judge.js'

/** They know a 401 by its status. */
const early: Ways = { knowsCut401: true, knowsStalled401: true }

/** Every client of Node. */
export const clients = {
  'axios, http adapter': {
    make: axiosClient({ axios, attachSession }, { adapter: 'http' }),
    // It waits for the body; where that breaks, it rejects with what had come.
    ways: { knowsCut401: true, knowsStalled401: false, tellsCut401: true },
  },
  'axios, fetch adapter': {
    make: axiosClient({ axios, attachSession }, { adapter: 'fetch' }),
    // It waits for the body; where that breaks, it rejects without a response.
    ways: { knowsCut401: false, knowsStalled401: false },
  },
  'fetch of Node': { make: fetchClient(createFetch), ways: early },
  'fetch of undici': { make: undiciPackageClient, ways: early },
  'undici, request': { make: requestClient, ways: early },
  'undici, fetch': { make: undiciFetchClient('undici'), ways: early },
} satisfies Record<string, { make: MakeClient; ways: Ways }>

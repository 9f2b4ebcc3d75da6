import { createFetch } from 'unexpired/fetch'
import { describeClientContract } from '../contract/client-contract.js'
import { bearer } from '../contract/protocols.js'
import { fetchClient, withRequest } from './client.js'

describeClientContract(
  'fetch, given Requests',
  fetchClient(createFetch, {}, withRequest),
  {
    isCancel: (error) => (error as Error).name === 'AbortError',
    redirects: { authorization: 'followed', custom: 'followed' },
    // In a Request they are cloned, and so replayed as any body is: test/fetch/requests.test.ts.
    streams: {},
  },
  [bearer],
)

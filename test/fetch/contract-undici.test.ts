import { describeClientContract } from '../contract/client-contract.js'
import { xToken } from '../contract/protocols.js'
import { undiciPackageClient } from './undici-client.js'

describeClientContract(
  'fetch of the undici package',
  undiciPackageClient,
  {
    isCancel: (error) => (error as Error).name === 'AbortError',
    redirects: { authorization: 'followed', custom: 'followed' },
    streams: { 'a web stream': () => new Blob(['streamed bytes']).stream() },
  },
  [xToken],
)

import { Readable } from 'node:stream'
import { describeClientContract } from '../contract/client-contract.js'
import { requestClient } from './request-client.js'

async function* generate(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('streamed bytes')
}

describeClientContract('undici, request', requestClient, {
  isCancel: (error) => (error as Error).name === 'AbortError',
  redirects: { authorization: 'followed', custom: 'followed' },
  streams: {
    'a Node stream': () => Readable.from([Buffer.from('streamed '), Buffer.from('bytes')]),
    'an async iterable': generate,
  },
})

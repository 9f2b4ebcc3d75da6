import { createFetch } from 'unexpired/fetch'
import { describeClientContract } from '../contract/client-contract.js'
import { fetchClient } from './client.js'

const webStream = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('streamed bytes'))
      controller.close()
    },
  })

describeClientContract('fetch', fetchClient(createFetch), {
  isCancel: (error) => (error as Error).name === 'AbortError',
  redirects: { authorization: 'followed', custom: 'followed' },
  streams: { 'a web stream': webStream },
})

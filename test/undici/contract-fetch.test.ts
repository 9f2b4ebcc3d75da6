import { describeClientContract } from '../contract/client-contract.js'
import { bearer, xToken } from '../contract/protocols.js'
import { fetchClient, fetches } from './fetch-client.js'

const webStream = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('streamed bytes'))
      controller.close()
    },
  })

/** One protocol each: they differ in how undici is told, not in what the interceptor does. */
const protocols = { node: bearer, undici: xToken }

for (const which of Object.keys(fetches) as (keyof typeof fetches)[]) {
  describeClientContract(
    `undici, fetch of ${which}`,
    fetchClient(which),
    {
      isCancel: (error) => (error as Error).name === 'AbortError',
      redirects: { authorization: 'followed', custom: 'followed' },
      streams: { 'a web stream': webStream },
    },
    [protocols[which]],
  )
}

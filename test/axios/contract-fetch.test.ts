import axios from 'axios'
import { attachSession } from 'unexpired/axios'
import { describeClientContract } from '../contract/client-contract.js'
import { axiosClient } from './client.js'

const webStream = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('streamed bytes'))
      controller.close()
    },
  })

describeClientContract(
  'axios, fetch adapter',
  axiosClient({ axios, attachSession }, { adapter: 'fetch' }),
  {
    isCancel: axios.isCancel,
    // fetch takes only `Authorization` off, and axios has no way to look at a redirect in between.
    redirects: { authorization: 'followed', custom: 'refused' },
    streams: { 'a web stream': webStream },
  },
)

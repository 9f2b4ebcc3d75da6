import { Readable } from 'node:stream'
import axios, { getAdapter } from 'axios'
import type { AxiosAdapter } from 'axios'
import { attachSession } from 'unexpired/axios'
import { describeClientContract } from '../contract/client-contract.js'
import { xToken } from '../contract/protocols.js'
import { axiosClient } from './client.js'

const http = getAdapter('http')

/** As apps write them to log, or to cache: it passes on what it is given. */
const adapter: AxiosAdapter = async (config) => {
  const response = await http(config)
  return { ...response, headers: response.headers }
}

describeClientContract(
  'axios, a custom adapter around http',
  axiosClient({ axios, attachSession }, { adapter }),
  {
    isCancel: axios.isCancel,
    redirects: { authorization: 'followed', custom: 'followed' },
    streams: { 'a Node stream': () => Readable.from(['streamed ', 'bytes']) },
  },
  [xToken],
)

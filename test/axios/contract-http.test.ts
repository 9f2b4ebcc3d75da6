import { Readable } from 'node:stream'
import axios from 'axios'
import { attachSession } from 'unexpired/axios'
import { describeClientContract } from '../contract/client-contract.js'
import { axiosClient } from './client.js'

describeClientContract(
  'axios, http adapter',
  axiosClient({ axios, attachSession }, { adapter: 'http' }),
  {
    isCancel: axios.isCancel,
    redirects: { authorization: 'followed', custom: 'followed' },
    streams: { 'a Node stream': () => Readable.from(['streamed ', 'bytes']) },
  },
)

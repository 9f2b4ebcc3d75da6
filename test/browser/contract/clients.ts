import axios from 'axios'
import { attachSession } from 'unexpired/axios'
import { createFetch } from 'unexpired/fetch'
import { axiosClient } from '../../axios/client.js'
import { describeClientContract } from '../../contract/client-contract.js'
import { bearer, xToken } from '../../contract/protocols.js'
import { fetchClient } from '../../fetch/client.js'

/** The API is of another origin than the page: the browser asks it for leave, for each URL. */
const overtaking = true

/**
 * A page sends no streams here: Chromium does only over HTTP/2, Firefox sends the text
 * `[object ReadableStream]`, and XMLHttpRequest takes none anywhere.
 */
const streams = {}

/**
 * The clients that pages use, each with what it cannot help there, and with one protocol: both of them
 * are shown with each client in Node, and each of them here.
 */
export function describePageClients(): void {
  describeClientContract(
    'axios, xhr adapter',
    axiosClient({ axios, attachSession }, { adapter: 'xhr' }),
    {
      isCancel: axios.isCancel,
      // XMLHttpRequest follows on its own, and offers no way to see it or to forbid it.
      redirects: { authorization: 'unseen', custom: 'unseen' },
      overtaking,
      streams,
    },
    [xToken],
  )
  describeClientContract(
    'axios, fetch adapter',
    axiosClient({ axios, attachSession }, { adapter: 'fetch' }),
    {
      isCancel: axios.isCancel,
      // fetch takes only `Authorization` off, and axios has no way to look at a redirect in between.
      redirects: { authorization: 'followed', custom: 'refused' },
      overtaking,
      streams,
    },
    [xToken],
  )
  describeClientContract(
    'fetch',
    fetchClient(createFetch),
    {
      isCancel: (error) => (error as Error).name === 'AbortError',
      // A page's fetch shows nothing of a redirect that it is told not to follow.
      redirects: { authorization: 'followed', custom: 'refused' },
      overtaking,
      streams,
    },
    [bearer],
  )
}

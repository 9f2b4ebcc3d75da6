import { describeClientContract } from '../contract/client-contract.js'
import { axiosClient } from './client.js'
import { enterPage } from './page.js'

const goTo = enterPage('http://127.0.0.1/')
// Only now: axios looks at import whether there is an XMLHttpRequest.
const { default: axios } = await import('axios')
const { attachSession } = await import('unexpired/axios')

describeClientContract(
  'axios, xhr adapter in a page',
  // The page is one of the server's, as an app's pages are.
  axiosClient({ axios, attachSession }, { adapter: 'xhr' }, goTo),
  {
    isCancel: axios.isCancel,
    // XMLHttpRequest follows on its own, and offers no way to see it or to forbid it.
    redirects: { authorization: 'unseen', custom: 'unseen' },
    // XMLHttpRequest takes no streams.
    streams: {},
  },
)

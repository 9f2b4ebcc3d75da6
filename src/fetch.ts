export type { ClientOptions, RequestSession } from './clients/client-options.js'
export { createFetch } from './clients/fetch/create-fetch.js'
export type { SessionFetch, SessionRequestInit } from './clients/fetch/create-fetch.js'
export type { FetchSessionOptions } from './clients/fetch/options.js'

export { browserStore } from './stores/browser/browser-store.js'
export type { BrowserStoreOptions, MirrorStorage } from './stores/browser/browser-store.js'

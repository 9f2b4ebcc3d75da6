export { fileStore } from './stores/file/file-store.js'

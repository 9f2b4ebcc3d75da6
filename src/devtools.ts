export { mountDevtools } from './devtools/mount-devtools.js'
export type { DevtoolsCorner, DevtoolsOptions } from './devtools/options.js'

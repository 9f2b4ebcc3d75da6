import { mount, unmount } from 'svelte'

import Account from './account.svelte'
import type { FrameworkApp } from './app.js'

export const app: FrameworkApp = {
  mount(target, session, rendered) {
    const root = mount(Account, { target, props: { session, rendered } })
    return () => unmount(root)
  },
}

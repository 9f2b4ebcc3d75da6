import { createApp, defineComponent, h } from 'vue'

import { useSession } from '../../../examples/vue.js'
import type { FrameworkApp } from './app.js'

export const app: FrameworkApp = {
  mount(element, session, rendered) {
    const root = createApp(
      defineComponent(() => {
        const snapshot = useSession(session)
        return () => {
          rendered(snapshot.value)
          return h('p', `${snapshot.value.status} ${snapshot.value.generation}`)
        }
      }),
    )
    root.mount(element)
    return () => root.unmount()
  },
}

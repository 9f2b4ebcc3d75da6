import { expect, test } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'

import { useSession } from '../../examples/vue.js'
import { counted } from './counted.js'
import { startApp } from './signed-in.js'

test('on a server the recipe for Vue renders what the session is, and leaves no listener behind', async () => {
  const { session, listeners } = counted((await startApp()).session)
  const page = {
    setup() {
      const snapshot = useSession(session)
      return () => h('p', snapshot.value.status)
    },
  }
  for (let request = 0; request < 3; request += 1) {
    expect(await renderToString(createSSRApp(page))).toBe('<p>signed-out</p>')
  }
  expect(listeners()).toBe(0)
})

import { createEffect } from 'solid-js'
import { insert, render } from 'solid-js/web'

import { createSessionSignal } from '../../../examples/solid.js'
import type { FrameworkApp } from './app.js'

export const app: FrameworkApp = {
  mount: (element, session, rendered) =>
    render(() => {
      const snapshot = createSessionSignal(session)
      createEffect(() => rendered(snapshot()))
      const paragraph = document.createElement('p')
      // As the compiler does it with JSX.
      insert(paragraph, () => `${snapshot().status} ${snapshot().generation}`)
      return paragraph
    }, element),
}

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { browserStore } from 'unexpired/browser'
import { mountDevtools } from 'unexpired/devtools'

import { App } from './app.js'
import { createBackEnd } from './back-end.js'
import { createQueryClient } from './query-client.js'

const backEnd = createBackEnd({ base: '/app', store: browserStore('playground-react') })
const queryClient = createQueryClient(backEnd.session)

mountDevtools(backEnd.session, { name: 'react' })
createRoot(placeOf('app')).render(
  <StrictMode>
    <App backEnd={backEnd} queryClient={queryClient} />
  </StrictMode>,
)

function placeOf(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element
}

import { watchThisPage } from '../../canary/page/in-page.js'
import { callLab } from './call-lab.js'
import type { WorkerAnswer, WorkerCall } from './call-lab.js'
import { createLab } from './create-lab.js'

watchThisPage()

const lab = createLab(new URLSearchParams(location.search).get('key') ?? 'auth')

type Say = (answer: WorkerAnswer) => void

/** Answers one page: by a dedicated worker's own scope, or by one port of a shared worker. */
function serve(say: Say, { data }: MessageEvent): void {
  const { id, method, args } = data as WorkerCall
  callLab(lab, method, args).then(
    (value) => say({ id, value: JSON.parse(JSON.stringify(value ?? null)) as unknown }),
    (error: unknown) => say({ id, error: String(error) }),
  )
}

const dedicated = self as unknown as Worker
addEventListener('message', (event) => serve(dedicated.postMessage.bind(dedicated), event))
addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports
  port?.addEventListener('message', (message) => serve(port.postMessage.bind(port), message))
  port?.start()
})

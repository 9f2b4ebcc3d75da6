import { watchThisPage } from '../../canary/page/in-page.js'
import type { WorkerAnswer, WorkerCall } from './call-lab.js'
import { createLab } from './create-lab.js'
import type { Lab, WorkerKind } from './lab.js'

watchThisPage()

declare global {
  interface Window {
    lab: Lab
  }
}

type Ask = (method: string, args: readonly unknown[]) => Promise<unknown>

const script = `/lab-worker.js${location.search}`

function connect(kind: WorkerKind): Ask {
  const waiting = new Map<number, (answer: WorkerAnswer) => void>()
  let last = 0
  const onMessage = ({ data }: MessageEvent): void => {
    const answer = data as WorkerAnswer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  }

  let say: (call: WorkerCall) => void
  if (kind === 'shared') {
    const { port } = new SharedWorker(script)
    port.addEventListener('message', onMessage)
    port.start()
    say = port.postMessage.bind(port)
  } else {
    const worker = new Worker(script)
    worker.addEventListener('message', onMessage)
    say = worker.postMessage.bind(worker)
  }

  return async (method, args) => {
    const id = (last += 1)
    const { value, error } = await new Promise<WorkerAnswer>((resolve) => {
      waiting.set(id, resolve)
      say({ id, method, args })
    })
    if (error !== undefined) throw new Error(`in the ${kind} worker: ${error}`)
    return value
  }
}

const workers = new Map<WorkerKind, Ask>()

window.lab = {
  ...createLab(new URLSearchParams(location.search).get('key') ?? 'auth'),
  async worker(kind, method, ...args) {
    const ask = workers.get(kind) ?? connect(kind)
    workers.set(kind, ask)
    return ask(method, args)
  },
}

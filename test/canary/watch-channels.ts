import type { Recorder } from './recorder.js'

/** Sees what is said to other tabs, and to other workers. Nothing is changed by it. */
export function watchChannels(recorder: Recorder): void {
  if (typeof BroadcastChannel === 'undefined') return
  const { prototype } = BroadcastChannel
  const { postMessage } = prototype
  prototype.postMessage = function post(this: BroadcastChannel, message: unknown): void {
    recorder.show(this.name, 'message')
    recorder.show(JSON.stringify(message) ?? '', 'message')
    postMessage.call(this, message)
  }
}

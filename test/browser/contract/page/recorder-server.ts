import type { RecorderServer } from '../../../contract/recorder-server.js'
import { command } from './command.js'

/** Stands in for that of the contract: the recorder itself runs in Node. */
export async function openRecorder(): Promise<RecorderServer> {
  const { id, url } = command('startRecorder')
  return {
    url,
    host: new URL(url).host,
    get requests() {
      return command('recorded', id)
    },
    close: () => command('close', id),
  }
}

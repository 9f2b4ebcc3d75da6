import { onTestFinished } from 'vitest'
import { openRecorder } from './recorder-server.js'
import type { Recorder } from './recorder-server.js'

export type { Recorder }

/** Starts a recorder, which ends with its test. */
export async function startRecorder(): Promise<Recorder> {
  const recorder = await openRecorder()
  onTestFinished(() => recorder.close())
  return recorder
}

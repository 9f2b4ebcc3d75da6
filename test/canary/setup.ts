import { afterAll, afterEach, beforeEach } from 'vitest'

import { places } from './places.js'
import { createRecorder, type Recorder } from './recorder.js'
import { isMadeInPackage } from './shown-by-error.js'
import { watchChannels } from './watch-channels.js'
import { watchMessages } from './watch-messages.js'
import { watchObjects } from './watch-objects.js'
import { printed, watchOutput } from './watch-output.js'
import { readStorages } from './watch-storages.js'

/**
 * The canary: after each test, each token that was in play in it is looked for, whole and in pieces, in
 * all that the package has shown anybody. `docs/guarantees.md` promises it as G40.
 *
 * Tokens in play are those of each answer that was read, of each lease, and of each record that was
 * parsed, of 8 characters or more that are not words. Looked at are, of all copies of the package in this
 * process: each error that it made, with its causes, printed in all ways; each error of axios that it
 * handed on; each event; each session, printed; what it printed; warnings of the process; messages to other
 * tabs; what is sent to Redis, but for records; names of files; keys in the page's storages, and what the
 * panel keeps there.
 *
 * Pages, and processes that tests start, have a canary of their own: `page/in-page.ts`, `in-process.ts`.
 *
 * A test that shows tokens on purpose calls `allowTokensIn`.
 */
const key = Symbol.for('unexpired.canary')

/** One for each process: files of a project that is not isolated share what is watched. */
function recorderOf(scope: Record<symbol, Recorder | undefined>): Recorder {
  if (scope[key]) return scope[key]
  const recorder = createRecorder({ print: printed, isOurs: isMadeInPackage })
  scope[key] = recorder
  watchObjects(recorder)
  watchOutput(recorder)
  watchChannels(recorder)
  watchMessages(recorder)
  return recorder
}

const recorder = recorderOf(globalThis)
// This is read anew for each file.
recorder.forget()

// Before anything that the test puts there is taken away.
afterEach(() => readStorages(recorder))

/** @throws where a token was shown since the last look */
function expectNoToken(when: string): void {
  const [first, ...others] = recorder.look()
  if (!first) return
  const more = others.length ? `, and ${others.length} more` : ''
  throw new Error(`G40 a token is in ${places[first.place]}${more}, ${when}: ${first.masked}`)
}

// What is registered first runs last: when the test has closed all that it opened.
beforeEach(({ onTestFinished, task }) => {
  onTestFinished(() => expectNoToken(`in "${task.name}"`))
})
afterAll(() => expectNoToken('after the last test of this file'))

import type { PlainClient } from '../plain/parts.js'
import { pathOf } from '../shared/paths.js'
import type { Answer } from './actor.js'

/** The requests of one run, all sent at once. */
export interface Load {
  readonly answers: readonly Answer[]
  readonly isOver: Promise<void>
  /** Nobody waits any more. */
  cancel(): void
}

export function sendLoad(
  client: Pick<PlainClient, 'get'>,
  count: number,
  settled: (index: number, answer: Answer) => void,
): Load {
  const controller = new AbortController()
  const answers: Answer[] = Array.from({ length: count }, () => 'waiting')
  const settle = (index: number, answer: Answer): void => {
    if (controller.signal.aborted) return
    answers[index] = answer
    settled(index, answer)
  }
  const all = answers.map((_, index) =>
    client.get(pathOf(index), controller.signal).then(
      () => settle(index, 'answered'),
      () => settle(index, 'failed'),
    ),
  )
  return {
    answers,
    isOver: Promise.all(all).then(() => undefined),
    cancel: () => controller.abort(),
  }
}

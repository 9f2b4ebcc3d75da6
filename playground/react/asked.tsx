import type { BackEnd } from './back-end.js'
import { retryAfterMs } from './query-client.js'
import type { Question } from './questions.js'
import { useAnswer } from './use-answer.js'

interface AskedProps {
  readonly backEnd: BackEnd
  readonly question: Question
}

export function Asked({ backEnd, question: { path, title, everyMs, show } }: AskedProps) {
  const { data, error, failureReason, isFetching, dataUpdatedAt } = useAnswer(
    backEnd,
    path,
    everyMs,
  )
  const failure = error ?? failureReason
  const state = failure ? 'failed' : isFetching ? 'asked' : 'answered'
  return (
    <li className="panel card" data-state={state}>
      <h2>{title}</h2>
      <p className="value">{data ? show(data) : '…'}</p>
      <p className="small asked">
        <span>every {everyMs / 1_000} s</span>
        {data && (
          // A new element for each answer, which is marked as it comes.
          <span key={dataUpdatedAt} className="fresh">
            with token {data.generation}
          </span>
        )}
      </p>
      {failure && <p className="small bad">{saidOf(failure)}</p>}
    </li>
  )
}

function saidOf(error: unknown): string {
  const waitMs = retryAfterMs(error)
  if (waitMs !== undefined) {
    return `The token cannot be renewed now: again in ${Math.ceil(waitMs / 1_000)} s.`
  }
  return error instanceof Error ? error.message : 'No answer.'
}

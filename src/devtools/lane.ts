/** What a stretch of a lane means. */
export type SpanKind = 'held' | 'sent' | 'refreshing'

/** How a stretch ended. */
export type SpanEnd = 'going-on' | 'done' | 'turned-away' | 'failed' | 'aborted' | 'refused'

/** A stretch of a lane. Times are those of `performance.now()`. */
export interface Span {
  readonly kind: SpanKind
  readonly from: number
  /** `undefined` while it is still going on. */
  readonly to: number | undefined
  readonly end: SpanEnd
  /** Of the access token that it was sent with; of a refresh, what it brought. */
  readonly generation: number | undefined
  /** 2 for a replay. */
  readonly attempt?: 1 | 2
}

/** One line of the timeline: all refreshes, or one request. */
export interface Lane {
  readonly id: string
  readonly what: 'refresh' | 'request'
  /** Such as `GET /me`, `#12` or `refresh`. */
  readonly label: string
  readonly spans: readonly Span[]
  /** Of a request that has settled. */
  readonly outcome: 'answered' | 'failed' | 'aborted' | undefined
}

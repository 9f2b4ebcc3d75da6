import { mayShow } from '../shown-bodies.js'
import { textOf, type Headers } from './headers.js'
import type { KeptAnswer } from './kept-answer.js'

/** A response, as `expired` sees it. */
export interface UndiciResponse {
  readonly statusCode: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The whole body. Rejects where it is not shown: then the response does not count as expired. */
  text(): Promise<string>
  /** The whole body, parsed. Rejects where it is not shown, or is no JSON: so too. */
  json(): Promise<unknown>
}

/** Its private parts are hidden also from what prints it: it goes onto errors, for the app to look at. */
export class ShownResponse implements UndiciResponse {
  readonly #kept: KeptAnswer

  constructor(
    readonly statusCode: number,
    readonly headers: Headers,
    kept: KeptAnswer,
  ) {
    this.#kept = kept
  }

  text(): Promise<string> {
    if (!isShown(this.headers)) this.#kept.hide()
    return this.#kept.read()
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}

function isShown(headers: Headers): boolean {
  const isPlain = (textOf(headers['content-encoding']) ?? 'identity').toLowerCase() === 'identity'
  return isPlain && mayShow(textOf(headers['content-type']), textOf(headers['content-length']))
}

import { shownUpTo } from '../shown-bodies.js'
import type { Headers } from './headers.js'

/** How an answer ended. */
export type End = { readonly trailers: Headers } | { readonly error: Error }

interface Reader {
  resolve(text: string): void
  reject(error: Error): void
}

/** An answer that is kept back, as it comes, until it is known what is to become of it. */
export class KeptAnswer {
  end: End | undefined
  /** Somebody wanted to read what is not shown. */
  wasRefused = false
  private chunks: Buffer[] = []
  private length = 0
  private readers: Reader[] = []
  /** It is too long to be waited for, or some of it is gone. */
  private isHidden = false

  /** @returns whether there is room for more */
  add(chunk: Buffer): boolean {
    this.chunks.push(chunk)
    this.length += chunk.length
    if (this.length <= shownUpTo) return true
    this.hide()
    return false
  }

  finish(end: End): void {
    this.end = end
    if ('error' in end) this.hide()
    for (const { resolve } of this.readers.splice(0)) resolve(this.text())
  }

  /** The next chunk, which is then gone from here. */
  take(): Buffer | undefined {
    this.hide()
    const chunk = this.chunks.shift()
    this.length -= chunk?.length ?? 0
    return chunk
  }

  /** Lets go of what was kept. */
  clear(): void {
    this.hide()
    this.chunks = []
  }

  /** Nobody is to wait for the body. */
  hide(): void {
    this.isHidden = true
    for (const { reject } of this.readers.splice(0)) reject(this.refusal())
  }

  /** The whole body, once it is there. Rejects where it is not shown. */
  read(): Promise<string> {
    const text = new Promise<string>((resolve, reject) => {
      if (this.isHidden) reject(this.refusal())
      else if (this.end) resolve(this.text())
      else this.readers.push({ resolve, reject })
    })
    // Whoever asked may have answered already, and look no more.
    text.catch(() => undefined)
    return text
  }

  private refusal(): TypeError {
    this.wasRefused = true
    return new TypeError('[unexpired] sessionInterceptor: expired: this body is not shown')
  }

  private text(): string {
    const decoder = new TextDecoder()
    const parts = this.chunks.map((chunk) => decoder.decode(chunk, { stream: true }))
    return parts.join('') + decoder.decode()
  }
}

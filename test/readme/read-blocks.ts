/** A fenced `ts` block of a document. */
export interface Block {
  /** The document, from the root of the repository. */
  readonly document: string
  /** The line of the document that the code begins on. */
  readonly line: number
  readonly code: string
  /** Whether it is run; all are type-checked. */
  readonly isRun: boolean
  /** Which server the page comes from. */
  readonly page: Page
}

/**
 * `bearer`: an API with Bearer tokens at /api. `x-token`: one with X-Token, and code 1234, at /api.
 * `server`: no page, but a process beside the API of `bearer`, with a Redis.
 */
export type Page = (typeof pages)[number]

const pages = ['bearer', 'x-token', 'server'] as const

const opening = /^```ts\b/
const closing = /^```\s*$/
const comment = /^<!--\s*(.*?)\s*-->$/

/**
 * Reads the `ts` blocks of a document. Every block of README.md is run; elsewhere those with the
 * comment `<!-- run -->` on the line before the fence, or an empty line above it. `<!-- run x-token -->` runs a
 * block on a page of the X-Token server, `<!-- run server -->` where there is no page,
 * and `<!-- server -->` belongs there and is not run.
 */
export function readBlocks(document: string, markdown: string): readonly Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let index = 0; index < lines.length; index += 1) {
    if (!opening.test(lines[index] ?? '')) continue
    const end = lines.findIndex((text, at) => at > index && closing.test(text))
    if (end < 0) throw new Error(`${document}:${index + 1}: a block that does not end`)
    const before = lines.slice(0, index).join('\n').trimEnd().split('\n').at(-1) ?? ''
    const said = comment.exec(before.trim())?.[1]?.split(/\s+/) ?? []
    blocks.push({
      document,
      line: index + 2,
      code: lines.slice(index + 1, end).join('\n'),
      isRun: document === 'README.md' || said.includes('run'),
      page: pages.find((page) => said.includes(page)) ?? 'bearer',
    })
    index = end
  }
  return blocks
}

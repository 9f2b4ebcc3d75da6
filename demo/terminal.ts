/** What we may do with the output. */
export interface Terminal {
  /** In columns. */
  readonly width: number
  /** Colour, and a line that is written again. */
  readonly lively: boolean
}

/** Below this many columns lines may break, above the others bars are only longer. */
const widths = { least: 40, usual: 80, most: 160 }

/** @see https://no-color.org */
export function readTerminal(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const own = stream.isTTY ? stream.columns : undefined
  const columns = own || Number(env['COLUMNS']) || widths.usual
  return {
    width: Math.max(widths.least, Math.min(Math.floor(columns), widths.most)),
    lively: !!stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  }
}

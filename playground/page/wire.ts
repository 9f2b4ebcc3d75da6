import { linePath } from '../shared/control-api.js'
import type { SideName } from '../shared/control-api.js'

/** Where a side finds its server. */
export interface Wire {
  /** The address of a path there, such as `/api/me`. */
  url(path: string): string
  /** Who may see its tokens. */
  readonly origins: readonly string[]
  /** How much longer an answer may take, because others are before it. */
  readonly patience: number
}

/** How long a line may take to answer. Milliseconds. */
const patienceMs = 1_500

async function answers(line: string): Promise<boolean> {
  try {
    const { ok } = await fetch(line + linePath, { signal: AbortSignal.timeout(patienceMs) })
    return ok
  } catch {
    return false
  }
}

/**
 * Browsers open six connections to an origin that speaks HTTP/1.1; a site with HTTP/2 knows no such
 * limit. So requests are spread over some origins that lead to the same server. Where they cannot be
 * reached (one port was forwarded to another machine), the page's own origin serves.
 */
export async function findWire(side: SideName, lines: readonly string[]): Promise<Wire> {
  const [first] = lines
  if (first === undefined || !(await answers(first))) {
    return { url: (path) => `/${side}${path}`, origins: [location.origin], patience: 5 }
  }
  const known = new Map<string, string>()
  let next = 0
  const take = (): string => lines[next++ % lines.length] ?? first
  return {
    url(path) {
      // A path keeps its line, so that the browser need not ask again whether it may; but what
      // everybody calls at once is spread.
      const isShared = !/^\/(?:api|x)\//.test(path) || path === '/x/refreshtoken'
      const line = isShared ? take() : (known.get(path) ?? take())
      if (!isShared) known.set(path, line)
      return line + path
    },
    origins: lines,
    patience: 1,
  }
}

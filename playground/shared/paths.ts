/** What a page asks for. */
const names = [
  'me',
  'cart',
  'inbox',
  'news',
  'orders',
  'alerts',
  'prices',
  'stock',
  'search',
  'tasks',
  'team',
  'files',
  'photos',
  'tags',
  'plans',
  'usage',
  'notes',
  'roles',
  'events',
  'badges',
]

/** The path of each request of a run, below the API; no two are the same. */
export const pathOf = (index: number): string => {
  const name = names[index % names.length] ?? 'me'
  const round = Math.floor(index / names.length)
  return round === 0 ? `/${name}` : `/${name}-${round + 1}`
}

/** Some answers take longer than others, always the same ones. A share of the API's latency. */
const extra = [0, 0.35, 0.15, 0.6, 0.3, 0.05, 0.75, 0.2, 0.95, 0.4, 0.1, 0.85, 0.5, 0, 0.25, 0.9]

export const extraLatencyOf = (index: number): number => extra[index % extra.length] ?? 0

import type { Answer } from './back-end.js'

/** What the page asks for again and again. */
export interface Question {
  readonly path: string
  readonly title: string
  readonly everyMs: number
  /** What is shown of the answer. */
  show(answer: Answer): string
}

/** A number that is one user's own, and always the same for this user. */
function own({ user, path }: Answer, from: number, to: number): number {
  let hash = 7
  for (const letter of user + path) hash = (hash * 31 + letter.charCodeAt(0)) % 99_991
  return from + (hash % (to - from + 1))
}

const count = (value: number, one: string): string => `${value} ${one}${value === 1 ? '' : 's'}`

export const questions: readonly Question[] = [
  {
    path: '/balance',
    title: 'Balance',
    everyMs: 1_000,
    show: (answer) => `€ ${(own(answer, 1_000, 900_000) / 100).toFixed(2)}`,
  },
  {
    path: '/orders',
    title: 'Orders',
    everyMs: 2_000,
    show: (answer) => `${own(answer, 2, 40)} open`,
  },
  {
    path: '/inbox',
    title: 'Inbox',
    everyMs: 3_000,
    show: (answer) => `${own(answer, 1, 30)} unread`,
  },
  {
    path: '/team',
    title: 'Team',
    everyMs: 5_000,
    show: (answer) => count(own(answer, 1, 12), 'person').replace('persons', 'people'),
  },
]

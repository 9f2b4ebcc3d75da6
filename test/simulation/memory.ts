import { tasksOf, unnamed } from './belongings.js'
import type { Client } from './client.js'
import type { Told } from './context.js'

/** What does not go as it should leaves something behind in a refresh: a try more, a turn that is lost. */
const isOdd = ({ label }: Told): boolean =>
  /timer$|fails$|refused$|no, it holds|turn is lost$|\(old\)$/.test(label)

/** What befalls requests is seen in them, and in what the session does about it. */
const isOfRequests = ({ label }: Pick<Told, 'label'>): boolean =>
  /\br\d+\b|a request is made$/.test(label)

/**
 * What a session may remember of the refresh under way, though nothing shows it. As long as all goes as
 * it should, that is nothing: what it waits for says how far it is. From the first odd thing on, it is
 * everything that it is told, and what it was waiting for then; until it is at rest again.
 */
export function createMemory({ context, session, world }: Client) {
  let seen = 0
  let memory: (Told & { readonly during: string })[] = []
  return {
    /** To be called after each step. */
    look(): void {
      const news = context.history.slice(seen).filter((one) => !isOfRequests(one))
      seen = context.history.length
      if (!memory.length && !news.some(isOdd)) return
      const tasks = tasksOf(world, context).filter((task) => !isOfRequests(task))
      if (!tasks.length && session.status !== 'refreshing') {
        memory = []
        return
      }
      const during = tasks
        .map(({ label }) => unnamed(world, label, context))
        .sort()
        .join()
      for (const { label, at } of news)
        memory.push({ label: unnamed(world, label, context), at, during })
    },
    show: (now: number): string[] =>
      memory.map(({ label, at, during }) => `${label}@${now - at} ${during}`),
  }
}

export type Memory = ReturnType<typeof createMemory>

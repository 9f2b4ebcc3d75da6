import type { Context } from './context.js'
import type { ModelRequest } from './requests.js'
import type { Task } from './timeline.js'
import type { World } from './world.js'

/** How long ago a request was made, less what its context has stood still since: that is what is judged. */
export const ageOf = ({ madeAt, client: { context } }: ModelRequest): number =>
  context.clock.monotonic() - context.stoodStillMs - madeAt

/** A label without the names in it: contexts are alike, and so are requests of the same age. */
export const unnamed = (world: World, label: string, { name }: Context): string =>
  label.replaceAll(/\b[cr]\d+\b/g, (found) => {
    if (found === name) return 'self'
    const request = world.requests.find(({ id }) => id === found)
    return request ? `r-${ageOf(request)}` : found
  })

const isOf = ({ label, where, message }: Task, context: Context): boolean =>
  (message?.of ?? where) === context || label.split(' ').includes(context.name)

/** What is on its way from or to a context, what is about to happen there, and what befalls it. */
export const tasksOf = (world: World, context: Context): Task[] =>
  world.timeline.all().filter((task) => isOf(task, context))

export const ownerOf = (world: World, task: Task): Context | undefined =>
  world.contexts.find((context) => isOf(task, context))

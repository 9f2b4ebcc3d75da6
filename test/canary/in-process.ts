import { createAlarm } from './alarm.js'
import { watchChannels } from './watch-channels.js'
import { watchMessages } from './watch-messages.js'
import { watchObjects } from './watch-objects.js'
import { printed, watchOutput } from './watch-output.js'

/** The canary in a process that a test has started: its parent is told of a leak at once. */
export function watchThisProcess(): void {
  const alarm = createAlarm(printed, (message) => process.send?.({ is: 'leak', message }))
  watchObjects(alarm)
  watchOutput(alarm, () => true)
  watchChannels(alarm)
  watchMessages(alarm)
}

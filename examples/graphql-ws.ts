import { createClient } from 'graphql-ws'
import { isSessionError, SessionEndedError } from 'unexpired'
import { session } from './fetch.js' // The session is that of fetch.ts.
let sent: string | undefined, isOver: boolean | undefined
let refusals = 0
export const client = createClient({
  url: 'wss://api.example.com/graphql',
  async connectionParams() {
    const isLate = isOver // A retry that has waited while the session ended.
    isOver = false
    if (isLate) throw new SessionEndedError('replaced')
    sent = await session.getAccessToken()
    return { token: sent }
  },
  shouldRetry: (problem) => !isSessionError(problem) && refusals < 2 && !isOver,
  on: {
    connecting: (isRetry) => void (isOver &&= isRetry),
    connected: () => void (refusals = 0),
    closed(event) {
      if ((event as CloseEvent).code === 4403 && ++refusals === 1 && sent) session.expire(sent)
      sent = undefined
    },
  },
})
session.on('signed-out', () => {
  isOver = true // A socket, and what was subscribed on it, is of the user who opened it.
  refusals = 0
  if (sent) client.terminate()
})

import { createClient } from 'graphql-ws'
import { createSession, isSessionError } from 'unexpired'

export const session = createSession({
  refresh({ refreshToken = '', signal }) {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
    return fetch('https://api.example.com/oauth/token', { method: 'POST', body, signal })
  },
})
let [refusals, sent, turnedDown] = [0] as [number, string?, string?]
export const client = createClient({
  url: 'wss://api.example.com/graphql',
  async connectionParams() {
    const expired = (outcome: object) => 'value' in outcome && outcome.value === turnedDown
    sent = await session.authorize(async ({ accessToken }) => accessToken, { expired })
    return { token: sent }
  },
  shouldRetry: (problem) => !isSessionError(problem) && refusals < 2,
  on: {
    connected: () => void (refusals = 0),
    closed(event) {
      if ((event as CloseEvent).code === 4403 && ++refusals === 1) turnedDown = sent
      sent = undefined
    },
  },
})
session.on('signed-out', () => {
  refusals = 2 // A socket, and what was subscribed on it, is of the user who opened it.
  if (sent) client.terminate()
})

import { SessionEndedError } from 'unexpired'
import { bodyOf, urlOf, type Answer, type Way } from './way.js'

/** Without any client: the app calls `authorize` itself. */
export const byAuthorize: Way = (session) => async (given) => {
  const sent = `${urlOf(given)}\n${bodyOf(given)}`
  const { signal, shape } = given
  try {
    return await session.authorize(({ accessToken }) => given.leave(accessToken, sent), {
      signal,
      replayable: shape !== 'once',
    })
  } catch (error) {
    if (error instanceof SessionEndedError && error.response) given.shows(error.response as Answer)
    throw error
  }
}

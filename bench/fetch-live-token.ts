import {
  authorization,
  handWritten,
  handWrittenLooking,
  looking,
  withSession,
} from './fetch-ways.js'
import { stubbed } from './stub-dispatcher.js'
import { ratiosOf } from './measure.js'

/** Short runs, many of them: what else the machine does then hits few. */
const requests = 50
const rounds = 301

const origin = 'https://api.example.com'
const url = `${origin}/me`

/** As apps do with every answer. */
const read = async (answer: Promise<Response>): Promise<unknown> => (await answer).json()

/** A request with a live token, against bare fetch with the header set by hand. */
export async function fetchLiveToken(): Promise<Record<string, number>> {
  const init = stubbed(() => 200)
  const byHand = (): RequestInit => ({ ...init, headers: { Authorization: authorization } })
  const written = handWritten()
  const unknown = await withSession(origin, undefined)
  const known = await withSession(origin, 3600)
  return ratiosOf(
    {
      bare: () => read(fetch(url, byHand())),
      handWritten: () => read(written(url, init)),
      unexpired: () => read(unknown(url, init)),
      unexpiredWithLifetime: () => read(known(url, init)),
    },
    { requests, rounds },
  )
}

/** The same with a Request. */
export async function fetchRequestInput(): Promise<Record<string, number>> {
  const init = stubbed(() => 200)
  const byHand = (): RequestInit => ({ ...init, headers: { Authorization: authorization } })
  const written = handWritten()
  const known = await withSession(origin, 3600)
  return ratiosOf(
    {
      bare: () => read(fetch(new Request(url, byHand()))),
      handWritten: () => read(written(new Request(url, init))),
      unexpired: () => read(known(new Request(url, init))),
    },
    { requests, rounds },
  )
}

/** The same where `expired` reads the body: against the wrapper that clones each answer. */
export async function fetchLooking(): Promise<Record<string, number>> {
  const init = stubbed(() => 200)
  const written = handWrittenLooking()
  const known = await withSession(origin, 3600, looking)
  return ratiosOf(
    {
      bare: () => read(written(url, init)),
      unexpired: () => read(known(url, init)),
    },
    { requests, rounds },
  )
}

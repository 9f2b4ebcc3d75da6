import type { CookieResponse, RefreshRequest, TokenResponse } from 'unexpired'
import { familyOf, type Grant } from './authorization-server.js'
import type { Client } from './client.js'
import { putInJar } from './cookies.js'

/** What a session is given of a grant. */
export const tokensOf = ({ accessToken, refreshToken, expiresIn }: Grant): TokenResponse => ({
  accessToken,
  ...(refreshToken === undefined ? {} : { refreshToken }),
  ...(expiresIn === undefined ? {} : { expiresIn }),
})

/** What scripts are told where the tokens are cookies. */
export function inSight(response: TokenResponse): CookieResponse | undefined {
  return 'expiresIn' in response ? { expiresIn: Number(response.expiresIn) } : undefined
}

/** As axios tells of an answer that is not ok. */
const answered = (status: number, data: object): Error =>
  Object.assign(new Error(`answered with ${status}`), { response: { status, data, headers: {} } })

/** How much of the lifetime must be over before it is refreshed beside requests: four fifths, jitter or not. */
const aheadShare = 0.8

/** A refresh that nothing asked for costs the server, and with strict rotation perhaps the user (G2, G20). */
function judgeNeed(client: Client, request: RefreshRequest): void {
  const { world, name } = client
  const { setting, server, trace } = world
  // The browser may have newer cookies before the store says so: without turns, or where a tab did not live to.
  if (world.jar && (world.excuses.size || setting.turns === 'none')) return
  const { accessToken } = world.jar ?? request.tokens
  const { lifetime } = setting
  const aheadMs = (lifetime ?? 0) * 1000 * (1 - aheadShare)
  const isNear = lifetime !== undefined && server.leftMs(accessToken) <= aheadMs + 1
  const isCalledFor = client.asked.has(familyOf(accessToken)) || client.asked.has('whoever it is')
  const isDead = server.isExpired(accessToken) || !!server.revoked(familyOf(accessToken))
  if (isNear || isCalledFor || isDead || world.isExcused('clock', 'store trouble')) return
  trace.breaks('G2 nothing is refreshed that still works', `${name} refreshes ${accessToken}`)
}

/** The app's refresh function: asks the server, by way of the network. */
export function createRefresh(client: () => Client) {
  return ({ ...request }: RefreshRequest): Promise<TokenResponse> => {
    const { world, context, name } = client()
    const { server, trace } = world
    const { tokens, signal } = request
    const { refreshToken } = world.jar ?? request
    if (!world.jar && familyOf(refreshToken ?? '') !== familyOf(tokens.accessToken)) {
      trace.breaks('the tokens of two sign-ins never mix', `${refreshToken} ${tokens.accessToken}`)
    }
    judgeNeed(client(), request)
    context.refreshing += 1
    let isOver = false
    const over = (): void => {
      if (!isOver) context.refreshing -= 1
      isOver = true
    }
    return new Promise<TokenResponse>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        if (!isOver) world.excuse('answer lost')
        over()
        reject(new Error('aborted'))
      })
      const fail = (error: Error): void => {
        world.timeline.post(context, `${name}: the refresh fails`, () => {
          over()
          reject(error)
        })
      }
      const lose = (error: Error): void => fail(error)
      const turnDown = (): void => fail(answered(503, {}))
      const label = `${name}: refresh with ${refreshToken}`
      world.send(undefined, label, { kind: 'refresh request', of: context, lose, turnDown }, () => {
        if (world.timeline.now < world.downUntil && !world.isHealed) return turnDown()
        if (isOver) world.excuse('late request')
        const grant = server.refresh(refreshToken)
        trace.note(() => `server: ${label} from ${name}: ${grant?.accessToken ?? 'refused'}`)
        if (!grant) world.refused.add(familyOf(refreshToken ?? ''))
        const answer = `${label}: ${grant?.accessToken ?? 'refused'}`
        world.send(context, answer, { kind: 'refresh answer', of: context, lose }, () => {
          // The browser looks at no answer to what was given up.
          if (world.jar && grant && !isOver) putInJar(world, grant)
          over()
          if (grant) resolve(tokensOf(grant))
          else reject(answered(400, { error: 'invalid_grant' }))
        })
      })
    })
  }
}

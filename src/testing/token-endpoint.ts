import { field, invalidRequest, isForm, refusals } from './protocol.js'
import type { Answer, Protocol, TokenDialect } from './protocol.js'

/** RFC 6749 §5.1: nobody may keep an answer with tokens in it. */
const unkept = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

const notKept = (answer: Answer): Answer => ({ ...answer, headers: unkept })

const oauth: TokenDialect = {
  form: 'pair',
  granted: ({ accessToken, refreshToken, rotated, expiresIn }, request) =>
    notKept({
      status: 200,
      json: {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: expiresIn,
        // RFC 6749 §6: a server that does not rotate need not repeat what the client has.
        refresh_token: rotated || request === 'sign-in' ? refreshToken : undefined,
      },
    }),
  refused: (refusal) =>
    notKept(
      refusal === 'missing'
        ? invalidRequest('refresh_token is missing')
        : {
            status: 400,
            json: { error: 'invalid_grant', error_description: refusals[refusal] },
          },
    ),
}

/** The token endpoint of RFC 6749, with the password and the refresh_token grant. */
export const tokenEndpoint: Protocol = (request) => {
  if (request.method !== 'POST' || request.path !== '/oauth/token') return undefined
  const bad = (description: string) =>
    ({ kind: 'other', answer: notKept(invalidRequest(description)) }) as const
  if (!isForm(request)) return bad('the body must be application/x-www-form-urlencoded')

  const grantType = field(request, 'grant_type')
  if (!grantType) return bad('grant_type is missing')
  if (grantType === 'refresh_token') {
    return { kind: 'refresh', dialect: oauth, token: field(request, 'refresh_token') }
  }
  if (grantType === 'password') {
    const user = field(request, 'username')
    if (!user || !field(request, 'password')) return bad('username or password is missing')
    return { kind: 'sign-in', dialect: oauth, user }
  }
  return {
    kind: 'other',
    answer: notKept({ status: 400, json: { error: 'unsupported_grant_type' } }),
  }
}

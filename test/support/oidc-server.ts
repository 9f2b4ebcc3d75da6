import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

import { errors, Provider } from 'oidc-provider'

/** A token response as the server sends it (RFC 6749 §5.1). */
export interface OidcTokens {
  access_token: string
  refresh_token: string
  expires_in: number
  token_type: string
  scope: string
}

export interface OidcServerOptions {
  /** Whole seconds; 60 by default. The server counts in whole seconds too, so a token may die up to one early. */
  accessTokenLifetime?: number
}

export interface OidcServer {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** A protected resource: GET with a Bearer token, 200 with `{ sub }` or 401. */
  readonly userinfoEndpoint: string
  /** For `client_id` and `client_secret` in the form that goes to the token endpoint. */
  readonly clientId: string
  readonly clientSecret: string
  signIn(user: string): Promise<OidcTokens>
  close(): Promise<void>
}

const scope = 'openid offline_access'
const longLived = 86_400

type Stored = Record<string, unknown>

/** Where one provider keeps what it issues; the default one is for development, and warns. */
function createStorage() {
  const records = new Map<string, Stored>()
  const none = async (): Promise<undefined> => undefined
  return (model: string) => {
    const key = (id: string): string => `${model}:${id}`
    return {
      upsert: async (id: string, record: Stored) => void records.set(key(id), record),
      find: async (id: string) => records.get(key(id)),
      findByUid: none,
      findByUserCode: none,
      destroy: async (id: string) => void records.delete(key(id)),
      async consume(id: string) {
        const record = records.get(key(id))
        if (record) record['consumed'] = Math.floor(Date.now() / 1000)
      },
      async revokeByGrantId(grantId: string) {
        for (const [id, record] of records) if (record['grantId'] === grantId) records.delete(id)
      },
    }
  }
}

function createProvider(
  issuer: string,
  accessTokenLifetime: number,
  credentials: { clientId: string; clientSecret: string },
): Provider {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const provider = new Provider(issuer, {
    adapter: createStorage(),
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clients: [
      {
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['password', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    // The default of 15 seconds would let a token of two seconds live for seventeen.
    clockTolerance: 0,
    rotateRefreshToken: true,
    findAccount: async (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub }),
    }),
    features: { devInteractions: { enabled: false } },
    ttl: {
      AccessToken: accessTokenLifetime,
      RefreshToken: longLived,
      Grant: longLived,
      IdToken: longLived,
    },
  })

  provider.registerGrantType(
    'password',
    async (context) => {
      const { client, params } = context.oidc
      const accountId = params['username']
      if (!accountId) throw new errors.InvalidGrant('username is missing')
      const grant = new provider.Grant({ accountId, clientId: client.clientId })
      grant.addOIDCScope(scope)
      const grantId = await grant.save()
      const fields = { accountId, client, grantId, gty: 'password', scope }
      const accessToken = new provider.AccessToken(fields)
      const refreshToken = new provider.RefreshToken({ ...fields, rotations: 0 })
      context.body = {
        access_token: await accessToken.save(),
        refresh_token: await refreshToken.save(),
        expires_in: accessToken.expiration,
        token_type: 'Bearer',
        scope,
      }
    },
    ['username', 'password'],
  )
  return provider
}

/**
 * Starts oidc-provider, a certified authorization server, in this process. It rotates refresh tokens
 * strictly. On Node 20 the package warns once, on import, of an unsupported runtime; it works.
 */
export async function startOidcServer(options: OidcServerOptions = {}): Promise<OidcServer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')

  const issuer = `http://127.0.0.1:${address.port}`
  const tokenEndpoint = `${issuer}/token`
  const credentials = { clientId: 'unexpired', clientSecret: randomBytes(16).toString('hex') }
  const provider = createProvider(issuer, options.accessTokenLifetime ?? 60, credentials)
  server.on('request', provider.callback())

  return {
    issuer,
    tokenEndpoint,
    userinfoEndpoint: `${issuer}/me`,
    ...credentials,
    async signIn(user) {
      const answer = await fetch(tokenEndpoint, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'password',
          username: user,
          password: 'any',
          client_id: credentials.clientId,
          client_secret: credentials.clientSecret,
        }),
      })
      if (!answer.ok) throw new Error(`signing in failed: ${await answer.text()}`)
      return (await answer.json()) as OidcTokens
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

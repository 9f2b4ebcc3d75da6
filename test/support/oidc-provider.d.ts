/** The part of oidc-provider 9 that our authorization server uses. The package brings no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  interface Client {
    readonly clientId: string
  }

  interface Context {
    readonly oidc: {
      readonly client: Client
      readonly params: Readonly<Record<string, string | undefined>>
      entity(name: string, value: object): void
    }
    body: unknown
  }

  interface Grant {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  interface Token {
    readonly expiration: number
    save(): Promise<string>
  }

  interface TokenFields {
    accountId: string
    client: Client
    grantId: string
    gty: string
    scope: string
    rotations?: number
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly Grant: new (fields: { accountId: string; clientId: string }) => Grant
    readonly AccessToken: new (fields: TokenFields) => Token
    readonly RefreshToken: new (fields: TokenFields) => Token
    registerGrantType(
      name: string,
      handler: (context: Context) => Promise<void>,
      parameters: readonly string[],
    ): void
    callback(): RequestListener
  }

  export const errors: {
    readonly InvalidGrant: new (description: string) => Error
  }
}

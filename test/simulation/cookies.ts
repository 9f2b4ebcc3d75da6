import type { Grant } from './authorization-server.js'
import type { World } from './world.js'

/**
 * What a browser keeps out of sight of scripts, for all of its tabs: sessions with `credential: 'cookie'`
 * attach nothing, and have no tokens to show.
 */
export interface Jar {
  readonly family: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
}

/** An answer has reached the browser. */
export function putInJar(world: World, { family, accessToken, refreshToken }: Grant): void {
  world.trace.note(() => `the browser has the cookie ${accessToken}`)
  world.jar = {
    family,
    accessToken,
    refreshToken: refreshToken ?? world.jar?.refreshToken,
  }
}

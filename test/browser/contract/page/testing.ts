import type { TokenServer, TokenServerOptions, TokenServerOrders } from 'unexpired/testing'
import { command } from './command.js'

export { fakeClock } from '../../../../src/testing/fake-clock.js'

/** How much longer a delay is here, where whatever else is to be over by then takes longer as well. */
const slowness = 25

const longer = ([path, ms, ...more]: readonly unknown[]): unknown[] => [
  path,
  Number(ms) * slowness,
  ...more,
]

/** Stands in for that of `unexpired/testing`: the server itself runs in Node. */
export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const { id, url } = command('startTokenServer', options)
  const orders = new Proxy({} as TokenServerOrders, {
    get:
      (_orders, name) =>
      (...args: unknown[]) =>
        command('order', id, String(name), ...(name === 'delay' ? longer(args) : args)),
  })
  let closing: Promise<void> | undefined
  return {
    url,
    orders,
    get counts() {
      return command('counts', id)
    },
    get requests() {
      return command('requests', id)
    },
    resetCounts: () => command('resetCounts', id),
    assertOrdersUsed: () => command('assertOrdersUsed', id),
    close: () => (closing ??= Promise.resolve().then(() => command('close', id))),
  }
}

import type { TokenStore } from 'unexpired'
import { fileStore } from 'unexpired/node'

import type { Place } from './orders.js'
import { openRedis } from './worker-redis.js'
import type { Steps, Tell } from './steps.js'

/** Gives the store of each user. */
export async function openStores(place: Place): Promise<(user: string) => Required<TokenStore>> {
  const named = (template: string, user: string): string => template.replaceAll('{user}', user)
  if (place.kind === 'file') return (user) => fileStore(named(place.path, user))
  const open = await openRedis(place)
  return (user) => open(named(place.key ?? '{user}', user))
}

/** A store whose refreshes can be held where they read and write it. */
export function steppedStore(
  store: Required<TokenStore>,
  user: string,
  { at }: Pick<Steps, 'at'>,
  turnBegan: () => void,
): Required<TokenStore> {
  let isReading = false
  let isCommitting = false
  return {
    ...store,
    exclusive: (work, options) =>
      store.exclusive(async () => {
        turnBegan()
        await at('in-turn', user)
        isReading = isCommitting = true
        try {
          return await work()
        } finally {
          isReading = isCommitting = false
        }
      }, options),
    async load() {
      const isFirst = isReading
      isReading = false
      const record = await store.load()
      if (isFirst) await at('reloaded', user)
      return record
    },
    async replace(expected, next) {
      // A session that signs in has no turn.
      if (!isCommitting) return store.replace(expected, next)
      await at('committing', user)
      const isReplaced = await store.replace(expected, next)
      await at('committed', user)
      return isReplaced
    },
  }
}

export const turnTeller = (tell: Tell, isTold: () => boolean, user: string) => (): void => {
  if (isTold()) void tell({ is: 'turn', user })
}

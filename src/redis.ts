export { redisStore } from './stores/redis/redis-store.js'
export type { RedisClient } from './stores/redis/client.js'
export type { RedisStoreOptions } from './stores/redis/options.js'
export type { CryptoKeyLike, RedisEncryption } from './stores/redis/sealing.js'

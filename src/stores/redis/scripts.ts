/**
 * What runs in Redis, each in one step. The last argument of each is 1 where the same was sent before, and
 * its answer was lost. Records are compared by their SHA-1, as bytes that are no text come back changed.
 *
 * A value of another type at one of our keys is a stranger's: it counts as absent, and is written over. All
 * other errors are errors. That nobody may publish is none: whoever waits looks by himself.
 */
const get = `
local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'table' then return value or '' end
  if string.find(value.err, 'WRONGTYPE', 1, true) then return '' end
  return value
end
`

/** `{text, digest}`; the text is empty where there is none. */
export const readScript = `${get}
local value = get(KEYS[1])
if type(value) == 'table' then return value end
return {value, redis.sha1hex(value)}`

/**
 * ARGV: the digest of what is expected, the next text, its time to live (milliseconds), channel, message: the new
 * digest is said after it. `{1, digest}`, or `{0, digest, what is there}`.
 */
export const swapScript = `${get}
local value = get(KEYS[1])
if type(value) == 'table' then return value end
local digest = redis.sha1hex(value)
if ARGV[6] == '1' and value == ARGV[2] then return {1, digest} end
if digest ~= ARGV[1] then return {0, digest, value} end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
digest = redis.sha1hex(ARGV[2])
redis.pcall('PUBLISH', ARGV[4], ARGV[5] .. ' ' .. digest)
return {1, digest}`

/** ARGV: owner, length (milliseconds). `{1}`, or `{0, how long somebody else has it}`. */
export const takeScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {1} end
local left = redis.call('PTTL', KEYS[1])
if left > 0 and redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return {0, left} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1}`

/** ARGV: owner, length (milliseconds). `{1}` where the owner still has it. */
export const renewScript = `
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return {0} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1}`

/** ARGV: owner, channel, message. */
export const releaseScript = `
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return {0} end
redis.call('DEL', KEYS[1])
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
return {1}`

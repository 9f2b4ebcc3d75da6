import { Buffer } from 'node:buffer'

import { SessionError } from '../../core/errors.js'
import { parseRecord } from '../../core/record.js'

/** A CryptoKey, as far as it is looked at: not every server's types know that name. */
export interface CryptoKeyLike {
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
}

/** Keys that records are encrypted with, by AES-GCM (NIST SP 800-38D). */
export interface RedisEncryption {
  /** The id of the key that is written with. */
  readonly current: string
  /**
   * By id: 16, 24 or 32 random bytes each, or a CryptoKey for AES-GCM that encrypts and decrypts. Those
   * that are not current are read with. An id is stored beside what it encrypted: it is no secret.
   */
  readonly keys: Readonly<Record<string, Uint8Array | CryptoKeyLike>>
}

/** Texts at rest. */
export interface Sealing {
  /** What is stored for a text. */
  seal(text: string): Promise<string>
  /** The text of what is stored; `undefined` where it was not sealed here, or has been changed. */
  open(sealed: string): Promise<string | undefined>
}

/** Those who share a record without sharing this would write over one another's for ever. */
const mixed = (what: string): Error =>
  new Error(`the record is ${what}: give all who share it the same encryption, or a new prefix`)

/** Stored as they are. */
export const unsealed: Sealing = {
  seal: (text) => Promise.resolve(text),
  async open(text) {
    if (readSealed(text)) throw mixed('encrypted')
    return text
  },
}

const algorithm = 'AES-GCM'

/** Random, as in SP 800-38D section 8.2.2 (bytes). */
const nonceLength = 12

interface Sealed {
  readonly kid: string
  readonly iv: string
  readonly data: string
}

/**
 * @param place - where the texts are stored: what was sealed for one place cannot be opened in another
 * @throws SessionError `invalid-option`
 */
export function createSealing({ current, keys }: RedisEncryption, place: string): Sealing {
  const ids = Object.keys(Object(keys) as object)
  for (const id of ids)
    checkKey(id, keys[id], id === current ? ['encrypt', 'decrypt'] : ['decrypt'])
  if (!ids.includes(current)) {
    throw wrong(`current: expected the id of one of the keys (${ids.join(', ')})`)
  }
  const imported = new Map(ids.map((id) => [id, importKey(keys[id])]))
  const additionalData = Buffer.from(place)

  return {
    async seal(text) {
      const iv = crypto.getRandomValues(new Uint8Array(nonceLength))
      const key = (await imported.get(current)) as CryptoKey
      const how = { name: algorithm, iv, additionalData }
      const data = await crypto.subtle.encrypt(how, key, Buffer.from(text))
      const sealed: Sealed = { kid: current, iv: encode(iv), data: encode(new Uint8Array(data)) }
      return JSON.stringify(sealed)
    },

    async open(text) {
      const sealed = readSealed(text)
      if (!sealed && parseRecord(text)) throw mixed('not encrypted')
      if (!sealed) return undefined
      const key = await imported.get(sealed.kid)
      // Not absent: a machine that lacks a key must not let the session go.
      if (!key) {
        const name = /^[\w.:-]{1,64}$/.test(sealed.kid) ? ` ${sealed.kid}` : ''
        const have = `add it to encryption.keys, which has ${ids.join(', ')}`
        throw new Error(`the record is encrypted with another key${name}: ${have}`)
      }
      const how = { name: algorithm, iv: decode(sealed.iv), additionalData }
      try {
        const data = await crypto.subtle.decrypt(how, key, decode(sealed.data))
        return Buffer.from(data).toString()
      } catch {
        // Changed, or another place's: absent (G32).
        return undefined
      }
    },
  }
}

function readSealed(text: string): Sealed | undefined {
  try {
    const value = JSON.parse(text) as Partial<Sealed> | null
    const { kid, iv, data } = value ?? {}
    const isSealed = [kid, iv, data].every((part) => typeof part === 'string')
    return isSealed ? (value as Sealed) : undefined
  } catch {
    return undefined
  }
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(text, 'base64url'))

/** Each key is imported once, however many stores have it. */
const imports = new WeakMap<Uint8Array, Promise<CryptoKey>>()

function importKey(key: Uint8Array | CryptoKeyLike | undefined): Promise<CryptoKey> | undefined {
  if (!(key instanceof Uint8Array)) return key && Promise.resolve(key as CryptoKey)
  const known = imports.get(key)
  if (known) return known
  const usages: KeyUsage[] = ['encrypt', 'decrypt']
  const bytes = new Uint8Array(key)
  const importing = crypto.subtle.importKey('raw', bytes, algorithm, false, usages)
  // Who needs it sees that.
  importing.catch(() => undefined)
  imports.set(key, importing)
  return importing
}

function checkKey(id: string, key: unknown, usages: readonly string[]): void {
  const isBytes = key instanceof Uint8Array
  const made = Object(key) as Partial<CryptoKeyLike>
  const isRight = isBytes
    ? [16, 24, 32].includes(key.length)
    : made.algorithm?.name === algorithm && usages.every((usage) => made.usages?.includes(usage))
  if (isRight) return
  const got = isBytes ? `${key.length} bytes` : typeof key
  const expected = `16, 24 or 32 bytes, or a CryptoKey for ${algorithm} (${usages.join(', ')})`
  throw wrong(`keys: ${id}: expected ${expected}, got ${got}`)
}

const wrong = (what: string): SessionError =>
  new SessionError('invalid-option', `redisStore: encryption: ${what}`)

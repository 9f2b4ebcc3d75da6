import { promises } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'

import type { Recorder } from './recorder.js'

/** A record, as it is or encrypted: the one thing in a message to Redis that may hold tokens. */
const record = /^\{"(?:version|kid)":/

/** What opens, makes and moves files: their names are looked at, and not what is in them. */
const named = ['mkdir', 'open', 'readdir', 'rename', 'rm'] as const

/** Sees what leaves the process other than by requests. Nothing is changed by it. */
export function watchMessages(recorder: Recorder): void {
  watchRedis(recorder)
  watchFiles(recorder)
}

/** Both libraries write RESP: lengths, and texts, each in a line. */
function watchRedis(recorder: Recorder): void {
  const { write } = Socket.prototype
  const talking = new WeakSet<Socket>()
  Socket.prototype.write = function send(this: Socket, ...given: unknown[]): boolean {
    const [chunk] = given
    const text = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? String(chunk) : ''
    if (/^\*\d+\r\n/.test(text)) talking.add(this)
    if (talking.has(this)) {
      for (const line of text.split('\r\n')) {
        if (!record.test(line)) recorder.show(line, 'redis')
      }
    }
    return Reflect.apply(write, this, given) as boolean
  }
}

function watchFiles(recorder: Recorder): void {
  for (const name of named) {
    const call = promises[name] as (...given: unknown[]) => unknown
    Object.assign(promises, {
      [name]: (...given: unknown[]): unknown => {
        for (const path of given) if (typeof path === 'string') recorder.show(path, 'file')
        return call(...given)
      },
    })
  }
  syncBuiltinESMExports()
}

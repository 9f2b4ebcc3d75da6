import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

import { describe, expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const tsx = createRequire(import.meta.url).resolve('tsx/cli')

/** It builds two pages first, on whatever machine this is. Milliseconds. */
const patienceMs = 60_000

interface Program {
  readonly child: ChildProcess
  readonly said: { output: string; complaint: string }
}

/** Runs the playground as `npm start` does after the demonstration. */
function start(...options: string[]): Program {
  const child = spawn(process.execPath, [tsx, 'playground/main.ts', ...options], { cwd: root })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = { output: '', complaint: '' }
  child.stdout.on('data', (part: Buffer) => (said.output += part.toString()))
  child.stderr.on('data', (part: Buffer) => (said.complaint += part.toString()))
  return { child, said }
}

describe('the program', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'builds the pages, says in one line where they are, and ends by %s',
    async (signal) => {
      const { child, said } = start('--port', '0')
      await expect
        .poll(() => said.output + said.complaint, { timeout: patienceMs })
        .toMatch(/http\S+\//)
      expect(said.output.trim().split('\n')).toHaveLength(1)
      const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said.output) ?? []

      for (const path of ['', 'react/']) {
        const page = await (await fetch(url + path)).text()
        const files = [...page.matchAll(/(?:src|href)="([^":]+\.(?:js|css))"/g)]
        expect(files.length).toBeGreaterThanOrEqual(2)
        for (const [, file = ''] of files) {
          const answer = await fetch(new URL(file, url + path))
          expect(answer.status).toBe(200)
          expect(answer.headers.get('content-type')).toMatch(/^text\/(?:javascript|css)/)
          // Nothing comes from elsewhere.
          expect(await answer.text()).not.toMatch(/@import|url\(['"]?https?:/)
        }
      }

      const ended = once(child, 'exit')
      child.kill(signal)
      expect(await ended).toEqual([0, null])
      await expect(fetch(url)).rejects.toThrow('fetch failed')
    },
    patienceMs,
  )

  test(
    'a port that is taken is said in plain words',
    async () => {
      const taken = createServer()
      taken.listen(0, '127.0.0.1')
      await once(taken, 'listening')
      onTestFinished(() => void taken.close())
      const { port } = taken.address() as AddressInfo
      const { child, said } = start('--port', String(port))
      expect(await once(child, 'exit')).toEqual([1, null])
      expect(said.complaint).toContain(`Port ${port} is taken: choose another with --port.`)
      expect(said.output).toBe('')
    },
    patienceMs,
  )

  test(
    'a port that is none is said at once',
    async () => {
      const { child, said } = start('--port', 'http')
      expect(await once(child, 'exit')).toEqual([1, null])
      expect(said.complaint).toContain("--port must be a number from 0 to 65535, not 'http'")
    },
    patienceMs,
  )
})

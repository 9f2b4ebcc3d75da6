import { parseArgs, stripVTControlCharacters } from 'node:util'

import { startPlayground } from './start-playground.js'

function readPort(): number | undefined {
  const { values } = parseArgs({ options: { port: { type: 'string' } } })
  if (values.port === undefined) return undefined
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${values.port}'`)
  }
  return port
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  const playground = await startPlayground(optionsOf(readPort()))
  say(` The playground: ${playground.url}   (Ctrl-C ends it)`)

  let isEnding = false
  const end = (): void => {
    // Whoever asks twice is in a hurry.
    if (isEnding) process.exit(1)
    isEnding = true
    void playground.close()
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
} catch (error) {
  process.stderr.write(` The playground could not start. ${reasonOf(error)}\n`)
  process.exitCode = 1
}

function optionsOf(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} is taken: choose another with --port.`
  if (code === 'EACCES') return `Port ${port} may not be had: choose another with --port.`
  return stripVTControlCharacters(error.message)
}

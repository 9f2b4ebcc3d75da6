import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createSession, isSessionError, SessionEndedError } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import { fileStore } from 'unexpired/node'

const { API_ORIGIN: origin = 'https://api.example.com', APPDATA, XDG_CONFIG_HOME } = process.env
const config = (process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME) ?? ''
const folder = isAbsolute(config) ? config : join(homedir(), '.config')
const headers = { 'Content-Type': 'application/json' }
const post = (body: object) => ({ method: 'POST', headers, body: JSON.stringify(body) })

const session = createSession({
  store: fileStore(join(folder, 'my-tool', 'session.json')), // all that run at once share it
  refresh: ({ refreshToken, signal }) =>
    fetch(`${origin}/auth/refresh`, { ...post({ refreshToken }), signal }),
})
session.on('store-failed', ({ message }) => fail(`The sign-in cannot be read or kept: ${message}`))
const api = createFetch(session, { origins: [origin] })

async function run(command?: string, username?: string): Promise<void> {
  if (command === 'login' && username) {
    // From stdin: arguments are for all to see. Better still is the device flow, RFC 8628.
    const password = (await text(process.stdin)).replace(/\r?\n$/, '')
    const answer = await fetch(`${origin}/auth/login`, post({ username, password }))
    if (!answer.ok) throw new Error(`Signing in failed: ${answer.status}`)
    await session.signIn(await answer.json())
  } else if (command === 'whoami') {
    const answer = await api(`${origin}/api/me`)
    if (answer.status === 401) throw new SessionEndedError('signed-out')
    if (!answer.ok) throw new Error(`The server answered ${answer.status}`)
    console.log((await answer.json()).user)
  } else if (command === 'logout') await session.signOut()
  else throw new Error('Usage: my-tool login NAME < PASSWORD | whoami | logout')
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1 // Not exit(): new tokens may be on their way to the file.
}
run(...process.argv.slice(2)).catch((error: Error) => {
  const isOver = isSessionError(error) && error.code === 'session-ended'
  fail(isOver ? 'You are signed out. Sign in again: my-tool login NAME < PASSWORD' : error.message)
})

import { decode, encode } from '../commands.js'
import type { Answer, Command, Commands } from '../commands.js'

/**
 * Asks synchronously, as the contract does of a server in its own process. Counts are read right
 * after an answer came, and orders count from the very next request on.
 */
export function command<Name extends keyof Commands>(
  name: Name,
  ...args: Parameters<Commands[Name]>
): ReturnType<Commands[Name]> {
  const request = new XMLHttpRequest()
  request.open('POST', '/command', false)
  const asked: Command = [name, ...args]
  request.send(encode(asked))
  const answer = decode(request.responseText) as Answer
  if ('error' in answer) throw new Error(answer.error)
  return answer.value as ReturnType<Commands[Name]>
}

import { safely } from './fields.js'

/** The first line of a stack that is not in the file of our errors: who made it. */
function makerOf(error: Error): string {
  const frames = safely(() => error.stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
  return frames.find((line) => !/[/\\]core[/\\]errors\.[jt]s/.test(line)) ?? ''
}

/** Whether it was made in a file of the package. */
export function isMadeInPackage(error: Error): boolean {
  const maker = makerOf(error)
  return maker === '' || /[/\\](?:src|dist)[/\\]/.test(maker)
}

/** All that anybody can print, log or serialise of it, by lines: most of them are told again and again. */
export function linesOf(error: unknown, print: (value: unknown) => string): string[] {
  const texts = [safely(() => print(error)), safely(() => JSON.stringify(error))]
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { name, message, stack } = at
    texts.push(safely(() => [name, message, stack].join('\n')))
  }
  return texts.flatMap((text) => text.split('\n'))
}

/** The same for errors that show the same. */
export function signatureOf(error: Error): string {
  const parts = [error, error.cause].map((each) =>
    each instanceof Error
      ? safely(() => `${each.name}: ${each.message} ${JSON.stringify(each)}`)
      : '',
  )
  return parts.join('\n')
}

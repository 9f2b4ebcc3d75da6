/**
 * Tells of a body that breaks, where it is a Node stream.
 *
 * @returns ends the telling
 */
export function onFailure(body: unknown, run: (error: Error) => void): (() => void) | undefined {
  const { on, off } = (body ?? {}) as Partial<NodeJS.EventEmitter>
  if (typeof on !== 'function' || typeof off !== 'function') return undefined
  on.call(body, 'error', run)
  return () => void off.call(body, 'error', run)
}

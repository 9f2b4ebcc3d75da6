import { fieldsOf } from '../fields.js'
import type { Recorder, Surroundings } from '../recorder.js'
import { watchChannels } from '../watch-channels.js'
import { watchConsole } from '../watch-console.js'
import { watchObjects } from '../watch-objects.js'
import { isThePanels } from '../watch-storages.js'

/** How deep a log looks. */
const deepest = 6

/** What a console shows of a value before anybody opens it further. */
function printed(value: unknown): string {
  const seen = new Set<unknown>()
  const said: string[] = []
  function look(each: unknown, depth: number): void {
    if (typeof each !== 'object' || each === null) {
      said.push(String(each))
      return
    }
    if (depth > deepest || seen.has(each)) return
    seen.add(each)
    if (each instanceof Error) {
      said.push(each.name, each.message, each.stack ?? '')
      look(each.cause, depth + 1)
    }
    for (const [name, held] of fieldsOf(each)) {
      if (!Object.prototype.propertyIsEnumerable.call(each, name)) continue
      said.push(name)
      look(held, depth + 1)
    }
  }
  look(value, 0)
  return said.join('\n')
}

/** Sees all that the package shows in a page, or in a worker beside it. Nothing is changed by it. */
export function watchPage(makeRecorder: (print: Surroundings['print']) => Recorder): Recorder {
  const recorder = makeRecorder(printed)
  watchObjects(recorder)
  watchConsole(recorder, printed)
  watchChannels(recorder)
  watchStorage(recorder)
  watchDatabases(recorder)
  return recorder
}

/** Values of the app's keys are records. Workers have no such storage. */
function watchStorage(recorder: Recorder): void {
  if (typeof Storage === 'undefined') return
  const { prototype } = Storage
  const { setItem } = prototype
  prototype.setItem = function set(this: Storage, key: string, value: string): void {
    recorder.show(key, 'storage')
    if (isThePanels(key)) recorder.show(value, 'storage')
    setItem.call(this, key, value)
  }
}

/** Keys and names: the values are records. */
function watchDatabases(recorder: Recorder): void {
  if (typeof IDBObjectStore === 'undefined') return
  const { prototype } = IDBObjectStore
  const { put } = prototype
  prototype.put = function keep(this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    recorder.show(`${this.name} ${JSON.stringify(key)}`, 'storage')
    return put.call(this, value, key)
  }
}

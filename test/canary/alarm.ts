import { places, type Place } from './places.js'
import { createRecorder, type Recorder, type Surroundings } from './recorder.js'

/**
 * A recorder that looks by itself, as soon as whoever shows something is done: for pages and processes that
 * end without a word. All that is shown there is the package's.
 *
 * Errors of axios that are handed on are left alone: while their request is sent again, they have its token.
 */
export function createAlarm(
  print: Surroundings['print'],
  tell: (message: string) => void,
): Recorder {
  const recorder = createRecorder({ print, isOurs: () => true })
  let isDue = false

  function look(): void {
    isDue = false
    const told = new Set<Place>()
    for (const { place, masked } of recorder.look()) {
      // An error alone has its token in many lines.
      if (!told.has(place)) tell(`a token is in ${places[place]}: ${masked}`)
      told.add(place)
    }
  }
  function soon(): void {
    if (isDue) return
    isDue = true
    queueMicrotask(look)
  }

  return {
    ...recorder,
    show(text, place) {
      recorder.show(text, place)
      soon()
    },
    keep(error: Error, place: Place) {
      if (place === 'passed') return
      recorder.keep(error, place)
      soon()
    },
    event(event) {
      recorder.event(event)
      soon()
    },
    session(session) {
      recorder.session(session)
      soon()
    },
  }
}

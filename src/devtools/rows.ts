import type { Lane } from './lane.js'
import { createList, type Entry } from './list.js'
import { make, put, set } from './make.js'
import { generationsOf, laneInWords } from './words.js'

/** The names of lanes, and each lane in words: for tooltips, and for those who listen. */
export function createRows(label: string) {
  const element = make('ol', '', { role: 'list', 'aria-label': label })
  return { element, draw: createList(element, createRow) }
}

function createRow({ what }: Lane): Entry<Lane> {
  // What is seen is said in the words.
  const label = make('span', 'label', { 'aria-hidden': 'true' })
  const generations = make('span', 'generations', { 'aria-hidden': 'true' })
  const words = make('span', 'words')
  const element = make('li', what, {}, label, generations, words)
  return {
    element,
    write(lane) {
      const said = laneInWords(lane)
      put(label, lane.label)
      put(generations, generationsOf(lane))
      put(words, said)
      set(element, 'title', said)
    },
  }
}

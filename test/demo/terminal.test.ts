import { expect, test } from 'vitest'

import { readTerminal } from '../../demo/terminal.js'

const terminal = { isTTY: true, columns: 132 }

test('a terminal has its own width, and colour', () => {
  expect(readTerminal(terminal, { COLUMNS: '50' })).toEqual({ width: 132, lively: true })
})

test('a pipe has the width that COLUMNS says, or 80, and no colour', () => {
  expect(readTerminal({}, { COLUMNS: '50' })).toEqual({ width: 50, lively: false })
  expect(readTerminal({}, { COLUMNS: 'wide' })).toEqual({ width: 80, lively: false })
  expect(readTerminal({}, {})).toEqual({ width: 80, lively: false })
})

test('NO_COLOR and a dumb terminal have no colour, and an empty NO_COLOR says nothing', () => {
  expect(readTerminal(terminal, { NO_COLOR: '1' }).lively).toBe(false)
  expect(readTerminal(terminal, { TERM: 'dumb' }).lively).toBe(false)
  expect(readTerminal(terminal, { NO_COLOR: '' }).lively).toBe(true)
})

test('a terminal that does not know its width goes by COLUMNS', () => {
  expect(readTerminal({ isTTY: true, columns: 0 }, { COLUMNS: '99' }).width).toBe(99)
})

test('widths beyond what can be read are not used', () => {
  expect(readTerminal({ isTTY: true, columns: 12 }, {}).width).toBe(40)
  expect(readTerminal({ isTTY: true, columns: 500 }, {}).width).toBe(160)
})

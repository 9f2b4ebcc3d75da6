import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import pixelmatch from 'pixelmatch'
import type { Locator, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { expect } from 'vitest'

import { inBoth } from '../harness/screen.js'
import { drawBoxes } from './draw-boxes.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const expectedOf = (name: string): string => `${root}test/browser/screens/expected/${name}.png`
const cache = `${root}node_modules/.cache/screens/`

/** How many pixels in a row and in a column become one: edges that are drawn a bit otherwise even out. */
const blockSize = 2

/** How far a colour may be off, of all the way from black to white. */
const threshold = 0.05

/** How much of a picture may be off by more. */
const tolerated = 0.001

/**
 * Expects a page, or a part of it, to look in light and in dark as it does in
 * test/browser/screens/expected. Letters are boxes, so that it does on every machine.
 * UPDATE_SCREENS=1 writes the pictures anew.
 */
export const expectPictures = (of: Page | Locator, name: string): Promise<void> =>
  inBoth('page' in of ? of.page() : of, (scheme) => expectPicture(of, `${name}-${scheme}`))

async function expectPicture(of: Page | Locator, name: string): Promise<void> {
  const actual = await pictureOf(of)
  const path = expectedOf(name)
  if (process.env['UPDATE_SCREENS']) return write(path, actual)
  const { off, diff, why } = differenceFrom(name, actual)
  const paths = { actual: `${cache}${name}.actual.png`, diff: `${cache}${name}.diff.png` }
  for (const each of Object.values(paths)) rmSync(each, { force: true })
  if (off <= tolerated) return undefined
  write(paths.actual, actual)
  if (diff) write(paths.diff, diff)
  const what = `${why ?? `${(off * 100).toFixed(2)} % differ from`} ${shown(path)}`
  const where = `look at ${shown(paths.actual)}${diff ? ` and ${shown(paths.diff)}` : ''}`
  return expect.fail(`${what}: ${where}; UPDATE_SCREENS=1 writes it anew`)
}

/** Whether a page, or a part of it, looks as expected. */
export const isAsExpected = async (of: Page | Locator, name: string): Promise<boolean> =>
  differenceFrom(name, await pictureOf(of)).off <= tolerated

async function pictureOf(of: Page | Locator): Promise<PNG> {
  await drawBoxes('page' in of ? of.page() : of)
  return shrunk(await of.screenshot({ animations: 'disabled' }))
}

interface Difference {
  /** From 0 to 1. */
  readonly off: number
  /** Where. */
  readonly diff?: PNG
  readonly why?: string
}

function differenceFrom(name: string, actual: PNG): Difference {
  const path = expectedOf(name)
  if (!existsSync(path)) return { off: 1, why: 'there is no' }
  return compared(PNG.sync.read(readFileSync(path)), actual)
}

function compared(expected: PNG, actual: PNG): Difference {
  const { width, height } = expected
  // Of another size: nothing lies where it did.
  if (width !== actual.width || height !== actual.height) {
    return { off: 1, why: `${actual.width} by ${actual.height}, which is not the size of` }
  }
  const diff = new PNG({ width, height })
  const options = { threshold, includeAA: true }
  const count = pixelmatch(expected.data, actual.data, diff.data, width, height, options)
  return { off: count / (width * height), diff }
}

/** A picture of the screen, made small. */
function shrunk(png: Buffer): PNG {
  const { width, height, data } = PNG.sync.read(png)
  const small = new PNG({
    width: Math.floor(width / blockSize),
    height: Math.floor(height / blockSize),
  })
  for (let y = 0; y < small.height; y += 1) {
    for (let x = 0; x < small.width; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        let sum = 0
        for (let row = 0; row < blockSize; row += 1) {
          for (let column = 0; column < blockSize; column += 1) {
            const at = (y * blockSize + row) * width + x * blockSize + column
            sum += data[at * 4 + channel] ?? 0
          }
        }
        small.data[(y * small.width + x) * 4 + channel] = Math.round(sum / blockSize ** 2)
      }
    }
  }
  return small
}

function write(path: string, picture: PNG): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, PNG.sync.write(picture, { colorType: 2 }))
}

const shown = (path: string): string => relative(root, path)

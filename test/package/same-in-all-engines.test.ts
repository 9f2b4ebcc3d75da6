import { readdir, readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

const folder = new URL('../browser/', import.meta.url)

/** What only one engine can be made to do. */
const alone = ['frozen.chromium']

test('what is tested in one browser is tested in all three', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'))
  const texts = new Map<string, Record<string, string>>()
  for (const file of files) {
    const [topic = '', engine = ''] = file.split('.')
    if (alone.includes(`${topic}.${engine}`)) continue
    const text = await readFile(new URL(file, folder), 'utf8')
    // Hidden tabs can be had in Chromium only.
    const shared = text.replaceAll(engine, 'ENGINE').replace(/^.*describeHidden.*\n/gm, '')
    texts.set(topic, { ...texts.get(topic), [engine]: shared })
  }
  expect(texts.size).toBeGreaterThanOrEqual(5)
  for (const [topic, byEngine] of texts) {
    expect(Object.keys(byEngine).sort(), topic).toEqual(['chromium', 'firefox', 'webkit'])
    expect(new Set(Object.values(byEngine)).size, topic).toBe(1)
  }
})

import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  allOf,
  begin,
  focused,
  laneTexts,
  openPanel,
  partOf,
  press,
  settled,
  textOf,
  turnedAway,
  tokensOf,
} from './panel.js'
import { eventually } from './sharing.js'

/** What is written to the clipboard is noted on its way. */
const listening = `
  window.written = []
  const { writeText } = Clipboard.prototype
  Clipboard.prototype.writeText = function (text) {
    window.written.push(text)
    return writeText.call(this, text)
  }`

/** A report comes by the clipboard, or else as a selected text. */
async function copied(tab: Tab): Promise<string> {
  await press(tab, 'copy')
  await eventually(() => textOf(tab, 'message')).toMatch(/cop(?:y|ied)/i)
  return tab.run<string>(
    `(({ hidden, value }) => (hidden ? window.written.at(-1) : value))(${partOf('report')})`,
  )
}

/** The beginning of each token of the server, and what is random in it. */
const secretsOf = (tokens: readonly string[]): string[] =>
  tokens.flatMap((token) => [token.slice(0, 5), token.slice(-32, -16), token.slice(-16)])

export function describeReport(engine: () => Engine): void {
  describe('the report of the panel', () => {
    it('G40 tells what happened, and neither it nor the panel holds a token, not even one in a path or a refusal', async () => {
      const { url, server, holdAnswers } = await openWorld()
      const tab = await openPanel(engine(), url)
      await tab.run(listening)
      const tokens = [...(await tokensOf(tab))]
      let shown = ''
      /** What is shown once a request to this path has a lane of its own. */
      const ask = async (name: string, path: string): Promise<void> => {
        await begin(tab, 1, `/${name}/${path}`)
        await settled(tab)
        await eventually(async () => (await laneTexts(tab)).join()).toContain(`/api/${name}/`)
        shown += await allOf(tab)
      }

      await ask('first', `${tokens[0]}`)
      // All three are turned away before the refresh is over.
      const letGo = holdAnswers('/auth/refresh')
      server.orders.expireNow()
      await begin(tab, 3)
      await turnedAway(tab, 3)
      letGo()
      await settled(tab)
      tokens.push(...(await tokensOf(tab)))
      await ask('second', `${tokens[1]}/${tokens[2]}`)
      for (let more = 0; more < 3; more += 1) await tab.run('app.session.refresh()')
      await ask('long-after', `${tokens[0]}/${tokens[1]}`)
      server.orders.failRefresh({ status: 418, body: { sent: tokens[3] } })
      await press(tab, 'refresh')
      await eventually(() => textOf(tab, 'message')).toMatch(/unavailable/)
      const during = await copied(tab)
      expect(during).toMatch(/3 requests (?:were )?turned away/)
      expect(during).toMatch(/generation 5/)

      server.orders.refuseRefresh()
      await press(tab, 'refresh')
      await eventually(() => tab.run('app.session.status')).toBe('signed-out')
      const afterwards = await copied(tab)
      expect(afterwards).toMatch(/Signed out: the server refused the refresh/)

      shown += during + afterwards + (await allOf(tab))
      expect(tokens.join(' ')).toMatch(
        /^at_f1_1_\w{32} rt_f1_1_\w{32} at_f1_2_\w{32} rt_f1_2_\w{32}$/,
      )
      for (const secret of secretsOf(tokens)) expect(shown).not.toContain(secret)
    })

    it('is a selected text where the page may not use the clipboard', async () => {
      const { insecureUrl } = await openWorld()
      const tab = await openPanel(engine(), insecureUrl)
      expect(await tab.run('isSecureContext')).toBe(false)
      await press(tab, 'copy')
      await eventually(() => focused(tab)).toBe('report')
      const text = await tab.run<string>(
        `(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(${partOf('report')})`,
      )
      expect(text).toMatch(/^unexpired[^]*active[^]*Signed in/i)
    })
  })
}

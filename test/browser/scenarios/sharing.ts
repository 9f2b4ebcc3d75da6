import { expect } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import type { LabEvent, OpenOptions, Outcome } from '../page/lab.js'

/** Long enough for a busy machine; what has come true is seen at once (milliseconds). */
const patience = { timeout: 15_000, interval: 15 }

/** Expects of what `look` gives, as soon as it is so. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, patience)

/** Opens tabs side by side, each with a session that has read its store. */
export async function openTabs<const Urls extends readonly string[]>(
  engine: Engine,
  urls: Urls,
  options: OpenOptions = {},
): Promise<{ [At in keyof Urls]: Tab }> {
  const tabs = await Promise.all(urls.map((url) => engine.open(url)))
  await Promise.all(tabs.map((tab) => openSession(tab, options)))
  return tabs as { [At in keyof Urls]: Tab }
}

export async function openSession(tab: Tab, options: OpenOptions = {}): Promise<void> {
  await tab.call('open', options)
  await tab.call('ready')
}

/** Signs in in the first tab, and waits until the others know. */
export async function signInAll([first, ...others]: readonly Tab[], user = 'ann'): Promise<void> {
  await first?.call('signIn', user)
  await Promise.all(others.map((tab) => active(tab, 1)))
}

/** Waits until a tab has this generation. */
export async function active(tab: Tab, generation: number): Promise<void> {
  await eventually(() => tab.call('status')).toMatchObject({ status: 'active', generation })
}

export async function signedOut(tab: Tab): Promise<void> {
  await eventually(() => tab.call('status')).toMatchObject({ status: 'signed-out' })
}

/** All tabs send at the same moment; gives how all of it ended. */
export async function fire(tabs: readonly Tab[], count: number): Promise<Outcome[]> {
  await Promise.all(tabs.map((tab) => tab.call('armed', count)))
  // Each of them says so: under load, WebKit was seen to lose such a message to a channel just opened.
  await Promise.all(tabs.map((tab) => tab.call('go')))
  return outcomesOf(tabs)
}

export async function outcomesOf(tabs: readonly Tab[]): Promise<Outcome[]> {
  return (await Promise.all(tabs.map(settledOf))).flat()
}

async function settledOf(tab: Tab): Promise<readonly Outcome[]> {
  try {
    return await tab.call('settled')
  } catch (error) {
    const left = await tab.call('unsettled').catch(String)
    throw new Error(`${(error as Error).message}: ${JSON.stringify(left)}`, { cause: error })
  }
}

export const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

/** Requests of a tab, right away. */
export async function send(tab: Tab, count = 1): Promise<readonly Outcome[]> {
  await tab.call('send', count)
  return tab.call('settled')
}

/** What a tab's session explains, of one type. */
export async function eventsOf(tab: Tab, type: string): Promise<readonly LabEvent[]> {
  return (await tab.call('events')).filter((event) => event.type === type)
}

/** Why a tab was told that sessions ended. */
export async function reasonsOf(tab: Tab): Promise<readonly string[]> {
  return (await tab.call('signedOut')).map(({ reason }) => reason)
}

/** A refresh that is asked for: 'refreshed', or the code and reason of why not. */
export const refreshOutcome = (tab: Tab): Promise<string> =>
  tab.run(`lab.refresh().then(() => 'refreshed', ({ code, reason }) => code + ' ' + reason)`)

/** As if an event of the platform had come. */
export const dispatch = (tab: Tab, type: string, on: 'window' | 'document' = 'window') =>
  tab.run<null>(`void ${on}.dispatchEvent(new Event('${type}'))`)

/** Brings a tab to the front; where no engine tells the page, it is told here. */
export async function comeIntoView(tab: Tab): Promise<void> {
  await tab.show()
  await tab.run(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'visible' })
    document.dispatchEvent(new Event('visibilitychange'))`)
}

/** A page with the lab in which something was changed before any other script ran. */
export const patchedPage = (script: string): string =>
  `<!doctype html>
<html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>patched lab</title>
<script>${script}</script><script src="/lab.js"></script></html>`

/**
 * A page whose refreshes reach the server at once, and whose answers come when they are let in: until
 * then, as far as the page knows, the refresh is under way.
 */
export const gatedPage = patchedPage(`
  const send = window.fetch
  let gate
  window.shut = () => { gate = new Promise((letIn) => { window.letIn = letIn }) }
  window.fetch = async (target, options) => {
    const answer = await send(target, options)
    if (target === '/auth/refresh') await gate
    return answer
  }`)

/** From now on answers to refreshes wait at the gate of these pages. */
export async function shutGates(tabs: readonly Tab[]): Promise<void> {
  await Promise.all(tabs.map((tab) => tab.run('void window.shut()')))
}

export async function openGates(tabs: readonly Tab[]): Promise<void> {
  await Promise.all(tabs.map((tab) => tab.run('void window.letIn()')))
}

/** A page whose IndexedDB is as where a user or an administrator has forbidden it. */
export const noDatabase = patchedPage(
  `IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError') }`,
)

import { setTimeout } from 'node:timers/promises'

import type { WebDriverLaunch } from '../../../scripts/browsers.js'
import { claimPort } from '../../support/claim-port.js'
import { startGroup } from './process-group.js'
import type { ProcessGroup } from './process-group.js'

export interface WebDriverService {
  readonly url: string
  /** Ends the driver, the browser that it has started, and the display. */
  end(): Promise<void>
}

/** How long the driver may take to listen, in milliseconds. */
const patienceMs = 20_000

/** Starts the driver on a display of its own. */
export async function startService(launch: WebDriverLaunch): Promise<WebDriverService> {
  const screen = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp']
  const display = startGroup(launch.displayServer, screen, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const { port, release } = await claimPort()
  let driver: ProcessGroup | undefined
  async function end(): Promise<void> {
    await driver?.end()
    release()
    await display.end()
  }

  try {
    const number = (await display.said(3, /\d+(?=\n)/)).trim()
    driver = startGroup(launch.service, [`--port=${port}`], {
      stdio: 'ignore',
      env: { ...process.env, DISPLAY: `:${number}`, WAYLAND_DISPLAY: '', GDK_BACKEND: 'x11' },
    })
    const url = `http://127.0.0.1:${port}`
    await answering(driver, url)
    return { url, end }
  } catch (error) {
    await end()
    throw error
  }
}

async function answering({ child }: ProcessGroup, url: string): Promise<void> {
  const until = performance.now() + patienceMs
  while (child.exitCode === null && performance.now() < until) {
    const isThere = await fetch(`${url}/status`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isThere) return
    await setTimeout(20)
  }
  throw new Error(`${child.spawnfile} does not answer`)
}

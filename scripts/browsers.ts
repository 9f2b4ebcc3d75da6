/** Finds the engines that the tests in `test/browser` run in; installs them where it can. */
import { chromium, firefox, webkit } from 'playwright-core'
import type { LaunchOptions } from 'playwright-core'

import { canInstall, firstThere, install } from './apt.js'

export type EngineName = 'chromium' | 'firefox' | 'webkit'

/** An engine that Playwright drives. */
export interface PlaywrightLaunch {
  readonly driver: 'playwright'
  readonly name: EngineName
  readonly options: LaunchOptions
}

/** Chromium, which the tests start by themselves. */
export interface DevtoolsLaunch {
  readonly driver: 'devtools'
  readonly name: 'chromium'
  readonly program: string
  readonly args: readonly string[]
}

/** WebKitGTK, by its own driver. */
export interface WebDriverLaunch {
  readonly driver: 'web-driver'
  readonly name: 'webkit'
  /** WebKitWebDriver. */
  readonly service: string
  /** MiniBrowser, which it starts. */
  readonly browser: string
  /** Where it gets its display. */
  readonly displayServer: string
}

export type Launch = PlaywrightLaunch | DevtoolsLaunch | WebDriverLaunch

export type Launches = Readonly<Partial<Record<EngineName, Launch>>>

export type Missing = Readonly<Partial<Record<EngineName, string>>>

interface Found {
  readonly launches: Launches
  /** For each engine that is missing, a line that says what to install. */
  readonly missing: Missing
}

interface Engine {
  readonly name: EngineName
  /** Debian's packages. */
  readonly packages: readonly string[]
  find(): Promise<Launch | undefined>
}

const programs = '/Applications'

const engines: readonly Engine[] = [
  {
    name: 'chromium',
    packages: ['chromium'],
    async find() {
      const program = await firstThere([
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        `${programs}/Google Chrome.app/Contents/MacOS/Google Chrome`,
        `${programs}/Chromium.app/Contents/MacOS/Chromium`,
        chromium.executablePath(),
      ])
      return program ? { driver: 'devtools', name: 'chromium', program, args: quiet } : undefined
    },
  },
  {
    name: 'firefox',
    packages: ['firefox-esr'],
    async find() {
      const own = await firstThere([firefox.executablePath()])
      if (own) return playwright('firefox', own)
      const executablePath = await firstThere([
        '/usr/bin/firefox-esr',
        '/usr/bin/firefox',
        `${programs}/Firefox.app/Contents/MacOS/firefox`,
      ])
      return playwright('firefox', executablePath, { channel: 'moz-firefox' })
    },
  },
  {
    name: 'webkit',
    packages: ['webkit2gtk-driver', 'xvfb'],
    async find() {
      const service = await firstThere(['/usr/bin/WebKitWebDriver'])
      const browser = await firstThere(
        ['x86_64-linux-gnu', 'aarch64-linux-gnu'].flatMap((machine) =>
          ['4.1', '4.0'].map((api) => `/usr/lib/${machine}/webkit2gtk-${api}/MiniBrowser`),
        ),
      )
      const displayServer = await firstThere(['/usr/bin/Xvfb'])
      if (service && browser && displayServer) {
        return { driver: 'web-driver', name: 'webkit', service, browser, displayServer }
      }
      return playwright('webkit', await firstThere([webkit.executablePath()]))
    },
  },
]

/** What keeps Chromium from doing more than it is asked to. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function playwright(
  name: EngineName,
  executablePath: string | undefined,
  options: LaunchOptions = {},
): PlaywrightLaunch | undefined {
  if (!executablePath) return undefined
  return { driver: 'playwright', name, options: { ...options, executablePath } }
}

/** How each engine is launched. Those that are missing are installed where that is possible. */
export async function findBrowsers(): Promise<Found> {
  const launches: Partial<Record<EngineName, Launch>> = {}
  const missing: Partial<Record<EngineName, string>> = {}
  const look = async (): Promise<readonly Engine[]> => {
    const absent: Engine[] = []
    for (const engine of engines) {
      if (launches[engine.name]) continue
      const launch = await engine.find()
      if (launch) launches[engine.name] = launch
      else absent.push(engine)
    }
    return absent
  }

  let absent = await look()
  let failure = ''
  if (absent.length > 0 && (await canInstall())) {
    failure = await install(absent.flatMap(({ packages }) => packages))
    absent = await look()
  }
  for (const { name, packages } of absent) {
    const ways = `apt-get install ${packages.join(' ')}, or npx playwright-core install ${name}`
    missing[name] = `${name} is missing: ${ways}${failure && ` (${failure})`}`
  }
  return { launches, missing }
}

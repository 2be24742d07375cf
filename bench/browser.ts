import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { loadEnvFile, readConfig } from '../api/src/config.ts'
import { buildApi, buildWeb } from '../run/build.ts'
import { findChromium } from '../run/chromium.ts'
import { atMost, ofRuns, type Measured } from './results.ts'
import { emptyDatabase, freePort, register, startApi, startWeb } from './stack.ts'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
const say = (line: string) => process.stderr.write(`${line}\n`)

interface Stage extends AsyncDisposable {
  readonly url: string
  readonly browser: Browser
  readonly ask: Awaited<ReturnType<typeof register>>['ask']
  /** A browser of somebody who is signed in. */
  open(): Promise<BrowserContext>
}

async function openStage(): Promise<Stage> {
  loadEnvFile()
  const signal = new AbortController().signal
  await Promise.all([buildWeb(say, signal), buildApi()])
  await emptyDatabase()
  const stack = new AsyncDisposableStack()
  const port = await freePort(3_400)
  const api = stack.use(await startApi(port))
  const { url } = stack.use(await startWeb(port, api.url))
  const executablePath = await findChromium(readConfig().dataDir, say, signal)
  const browser = stack.adopt(await chromium.launch({ executablePath, args }), (browser) => browser.close())
  const staff = await register(api.url, 'Bench')
  const open = async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const cookies = staff.cookie.split('; ').map((pair) => ({ name: pair.split('=')[0]!, value: pair.slice(pair.indexOf('=') + 1), url }))
    await context.addCookies(cookies)
    return context
  }
  return { url, browser, ask: staff.ask, open, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const createCustomer = 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { id name } }'

/** P11: the customer list in a browser that has never seen it. */
export async function measureFirstLoad(): Promise<Measured[]> {
  await using stage = await openStage()
  for (let number = 1; number <= 60; number++) {
    await stage.ask(createCustomer, {
      input: { name: `Customer ${String(number).padStart(3, '0')}`, due: { amount: '120.50', dueDate: '2026-03-31' } },
    })
  }
  const kib: number[] = []
  const usableMs: number[] = []
  const shifts: number[] = []
  for (let run = 0; run < 5; run++) {
    const context = await stage.open()
    const page = await context.newPage()
    const loaded = await weigh(page)
    const begin = performance.now()
    await page.goto(`${stage.url}/customers`)
    await page.getByText('Customer 001').first().waitFor()
    usableMs.push(performance.now() - begin)
    await page.waitForTimeout(1_500)
    kib.push(loaded.bytes / 1024)
    shifts.push(await page.evaluate(() => (globalThis as { layoutShift?: number }).layoutShift ?? 0))
    await context.close()
  }
  const [scripts, usable, shift] = [ofRuns(kib), ofRuns(usableMs), ofRuns(shifts)]
  return [
    {
      id: 'P11',
      case: 'JavaScript of the customer list, as sent',
      unit: 'KiB',
      ...scripts,
      against: [atMost('promise', scripts.figure, 300)],
    },
    {
      id: 'P11',
      case: 'customer list usable, 4 × CPU slow-down',
      unit: 'ms',
      ...usable,
      against: [atMost('promise', usable.figure, 3_000)],
    },
    { id: 'P11', case: 'layout shift of the customer list', unit: 'score', ...shift, against: [atMost('promise', shift.figure, 0.01)] },
  ]
}

/** Slows the page's processor down, counts the script bytes that come over the wire, and adds up what moves. */
async function weigh(page: Page): Promise<{ bytes: number }> {
  const loaded = { bytes: 0 }
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const scripts = new Set<string>()
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) loaded.bytes += encodedDataLength
  })
  await page.addInitScript(() => {
    const counted = globalThis as { layoutShift?: number }
    counted.layoutShift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) counted.layoutShift! += entry.value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  return loaded
}

/** P5, one subscriber: from the answer of a mutation (its commit lies before) to the other browser's screen. */
export async function measureLive(): Promise<Measured[]> {
  await using stage = await openStage()
  const { createCustomer: customer } = await stage.ask<{ createCustomer: { id: string } }>(createCustomer, {
    input: { name: 'Live customer', due: { amount: '100000.00', dueDate: '2026-12-31' } },
  })
  const context = await stage.open()
  const page = await context.newPage()
  await page.goto(`${stage.url}/customers`)
  await page.getByText('Live customer').first().waitFor()
  await page.evaluate(() => {
    const seen = globalThis as { changedAt?: number[] }
    seen.changedAt = []
    new MutationObserver(() => seen.changedAt!.push(Date.now())).observe(document.querySelector('main')!, {
      subtree: true,
      childList: true,
      characterData: true,
    })
  })
  const ms: number[] = []
  for (let run = 0; run < 30; run++) {
    await page.evaluate(() => void ((globalThis as { changedAt?: number[] }).changedAt = []))
    await stage.ask('mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { id } }', {
      input: {
        key: crypto.randomUUID(),
        customerId: customer.id,
        amount: '1.00',
        method: 'CASH',
        receivedOn: new Date().toISOString().slice(0, 10),
      },
    })
    const answered = Date.now()
    await page.waitForFunction(() => (globalThis as { changedAt?: number[] }).changedAt!.length > 0)
    const changedAt = await page.evaluate(() => (globalThis as { changedAt?: number[] }).changedAt![0]!)
    // The screen may even be faster than the answer on its way back.
    ms.push(Math.max(1, changedAt - answered))
  }
  await context.close()
  const after = ofRuns(ms)
  return [{ id: 'P5', case: 'mutation answered → second browser shows it, one subscriber', unit: 'ms', ...after, against: [] }]
}

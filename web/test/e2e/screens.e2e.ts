import { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { type Books, fillBooks, sofia } from './books.ts'
import { ask, mina, register } from './people.ts'
import { beginAfresh } from './stack.ts'

// Every screen at two sizes and in both schemes: a picture to look at, nothing that axe finds, nothing in the console, nothing that
// scrolls sideways. The pictures are kept out of git.
test.describe.configure({ mode: 'serial' })
// The pictures show what went wrong; recording every step would double the time.
test.use({ trace: 'off' })

interface Screen {
  readonly name: string
  readonly path: string
  /** What has to be done before it looks as meant. */
  readonly open?: (page: Page) => Promise<void>
  /** Seen once everything has arrived. */
  readonly ready: (page: Page) => Locator
}

const pictures = fileURLToPath(new URL('../../../.artifacts/screens/', import.meta.url))
const sizes = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
] as const
const schemes = ['light', 'dark'] as const
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

let staff: BrowserContext
let books: Books
test.beforeAll(async ({ browser }) => {
  await beginAfresh()
  staff = await browser.newContext({ reducedMotion: 'reduce' })
  await register(staff.request, mina)
})
test.afterAll(() => staff.close())

const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name, level: 1 })

test('a company without anything says what comes first', async () => {
  await look(staff, [
    { name: 'empty-dashboard', path: '/', ready: (page) => page.getByText('Bring in your customers') },
    { name: 'empty-customers', path: '/customers', ready: (page) => page.getByText('No customers yet') },
    { name: 'empty-payments', path: '/payments', ready: (page) => page.getByText('No pending payments') },
    { name: 'empty-import', path: '/import', ready: (page) => page.getByText('Nothing imported yet') },
    { name: 'empty-notifications', path: '/notifications', ready: (page) => page.getByText('Nothing yet') },
    { name: 'empty-team', path: '/settings/team', ready: (page) => page.getByText('Only you so far') },
  ])
})

test('the screens of somebody who is not in yet', async ({ browser }) => {
  books = await fillBooks(browser, staff.request)
  const nobody = await browser.newContext({ reducedMotion: 'reduce' })
  await look(nobody, [
    { name: 'login', path: '/login', ready: heading('Sign in') },
    {
      name: 'register',
      path: '/register',
      ready: (page) => page.getByText('The password needs at least 12 characters'),
      open: async (page) => {
        await page.getByRole('textbox', { name: 'Password' }).fill('too short')
        await page.getByRole('button', { name: 'Create the account' }).click()
      },
    },
  ])
  const { email, password } = sofia
  await ask(nobody.request, 'mutation ($input: SignInInput!) { signIn(input: $input) { id } }', { input: { email, password } })
  await look(nobody, [{ name: 'waiting', path: '/waiting', ready: (page) => page.getByText(`${sofia.name}, your account is made`) }])
  await nobody.close()
})

test('the screens of every day', async () => {
  const customer = `/customers/${books.customer}`
  await look(staff, [
    { name: 'dashboard', path: '/', ready: (page) => page.getByRole('link', { name: /Brightwater/ }).first() },
    { name: 'customers', path: '/customers', ready: (page) => page.getByRole('link', { name: /Brightwater/ }) },
    { name: 'customer-dues', path: customer, ready: (page) => page.getByText('INV-2098') },
    {
      name: 'customer-payments',
      path: `${customer}?tab=payments`,
      open: (page) =>
        page.getByRole('row').filter({ hasText: 'SEPA 88213' }).getByRole('button', { name: 'Show where the money went' }).click(),
      ready: (page) => page.getByText('€5,000.00 on INV-2041'),
    },
    {
      name: 'customer-activity',
      path: `${customer}?tab=activity`,
      ready: (page) => page.getByRole('listitem').filter({ hasText: mina.name }).first(),
    },
    {
      name: 'take-payment',
      path: customer,
      open: (page) => page.getByRole('button', { name: 'Take payment' }).click(),
      ready: (page) => page.getByRole('dialog').getByText('paid in full').first(),
    },
    {
      name: 'edit-customer',
      path: customer,
      open: (page) => page.getByRole('button', { name: 'Edit' }).click(),
      ready: (page) => page.getByRole('dialog').getByRole('textbox', { name: 'Name' }),
    },
  ])
})

test('the screens of lists, imports and notifications', async () => {
  await look(staff, [
    {
      name: 'new-customer',
      path: '/customers',
      open: async (page) => {
        await page.getByRole('button', { name: 'New customer' }).click()
        await page.getByRole('button', { name: 'Add customer' }).click()
      },
      ready: (page) => page.getByText('The name is missing'),
    },
    { name: 'payments', path: '/payments?state=all', ready: (page) => page.getByText('SEPA 88213') },
    { name: 'import', path: '/import', ready: (page) => page.getByText('southern-region.csv') },
    { name: 'import-review', path: `/import/${books.review}`, ready: (page) => page.getByRole('button', { name: /^Import \d+ rows/ }) },
    { name: 'import-result', path: `/import/${books.result}`, ready: (page) => page.getByRole('group', { name: / = 11 rows$/ }) },
    { name: 'notifications', path: '/notifications', ready: (page) => page.getByText('Import finished').nth(1) },
    {
      name: 'bell',
      path: '/',
      open: (page) => page.getByRole('button', { name: /^Notifications/ }).click(),
      ready: (page) => page.getByRole('dialog').getByText('Import finished'),
    },
    { name: 'team', path: '/settings/team', ready: (page) => page.getByText(sofia.name).first() },
  ])
})

test('a payment is taken without a mouse', async ({ page }) => {
  await page.goto('/login')
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toBeFocused()
  await page.keyboard.type(mina.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(mina.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()

  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to the content' })
  await expect(skip).toBeFocused()
  await expect(skip).toBeInViewport()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()

  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('table', { name: 'Customers' })).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Search customers' })).toBeFocused()
  await page.keyboard.type('wren')
  await page.keyboard.press('Enter')
  await expect(page.getByText('1 customer matches')).toBeVisible()
  await tabTo(page, page.getByRole('link', { name: 'Wren Cottage Bakery' }))
  await page.keyboard.press('Enter')

  const take = page.getByRole('button', { name: 'Take payment' })
  await tabTo(page, take)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Take payment/ })
  await expect(dialog.getByRole('textbox', { name: 'Amount' })).toBeFocused()
  await expect(dialog.getByText('paid in full')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 }).locator('..')).toContainText('Paid')
  await expect(take).toBeFocused()
})

async function look(context: BrowserContext, screens: readonly Screen[]): Promise<void> {
  test.setTimeout(180_000)
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(error.message))
  for (const size of sizes) {
    for (const screen of screens) {
      await test.step(`${screen.name} at ${size.width} px`, async () => {
        await page.setViewportSize(size)
        await page.goto(screen.path)
        await screen.open?.(page)
        await expect(screen.ready(page)).toBeVisible()
        for (const scheme of schemes) {
          await page.emulateMedia({ colorScheme: scheme })
          await settled(page)
          if (scheme === 'light' || size.width > 390) {
            // Its usual mode opens one more page each time, for frames of other sites: there are none.
            const axe = new AxeBuilder({ page }).setLegacyMode()
            // What the dark scheme changes is colours, and those are the same at both sizes.
            const { violations } = await (scheme === 'light' ? axe.withTags(rules) : axe.withRules(['color-contrast'])).analyze()
            const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
            expect.soft(found, `${screen.name}, ${size.width} px, ${scheme}`).toEqual([])
          }
          await picture(page, `${screen.name}-${size.width}-${scheme}`)
        }
        await page.setViewportSize(size)
        if (size.width === 390) await page.setViewportSize({ width: 360, height: 780 })
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        expect.soft(wider, `${screen.name} scrolls sideways at ${size.width} px`).toBe(0)
      })
    }
  }
  expect.soft(said).toEqual([])
  await page.close()
}

/** All of the page at once, with what is fixed to the edges of the window at the edges of the picture. */
async function picture(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? sizes[0]
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  // A dialog lies over the page and has a size of its own.
  const whole = await page.getByRole('dialog').isHidden()
  if (whole && height > size.height) await page.setViewportSize({ ...size, height })
  await settled(page)
  await page.screenshot({ path: `${pictures}${name}.png` })
}

/** What moves has come to rest, and letters are drawn in their own font. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    // A new size is drawn with the next frame.
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map((animation) => animation.finished))
  })
}

async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  await expect(async () => {
    await page.keyboard.press('Tab')
    await expect(target).toBeFocused({ timeout: 50 })
  }).toPass({ intervals: [0] })
}

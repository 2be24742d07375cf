import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { ask, createCustomer, dayFromToday, expectLive, jonas, mina, recordPayment, register, rowOf } from './people.ts'
import { beginAfresh, letDaysPass } from './stack.ts'

// Two people in two browsers. Mina works; Jonas only looks, and never reloads.
test.describe.configure({ mode: 'serial' })

let mine: BrowserContext
let his: BrowserContext
let hers: Page
let jonass: Page
let customer: string

test.beforeAll(async ({ browser }) => {
  await beginAfresh()
  mine = await browser.newContext()
  his = await browser.newContext()
  await register(mine.request, mina)
  hers = await mine.newPage()
  jonass = await his.newPage()
  // From here on a reload of Jonas's page would be noticed.
  await jonass.addInitScript(() => sessionStorage.setItem('loads', String(Number(sessionStorage.getItem('loads') ?? 0) + 1)))
})
test.afterAll(async () => {
  await mine.close()
  await his.close()
})

test('somebody new waits until an administrator lets them in, and then goes on by themselves', async () => {
  await hers.goto('/settings/team')
  await expectLive(hers)
  await jonass.goto('/register')
  await expect(jonass.getByText('An administrator lets you in.')).toBeVisible()
  await jonass.getByRole('textbox', { name: 'Your name' }).fill(jonas.name)
  await jonass.getByRole('textbox', { name: 'E-mail' }).fill(jonas.email)
  await jonass.getByRole('textbox', { name: 'Password' }).fill(jonas.password)
  await jonass.getByRole('button', { name: 'Create the account' }).click()
  await expect(jonass.getByRole('heading', { name: 'An administrator lets you in' })).toBeVisible()

  await hers.getByRole('combobox', { name: `Role for ${jonas.name}` }).selectOption('Agent')
  await hers.getByRole('button', { name: `Let in ${jonas.name} as Agent` }).click()
  await expect(rowOf(hers, jonas.email)).toContainText('Active')

  await expect(jonass.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
  await expectLive(jonass)
  // An agent works, and lets nobody in.
  await expect(jonass.getByRole('link', { name: 'Import', exact: true })).toBeVisible()
  await expect(jonass.getByRole('link', { name: 'Team', exact: true })).toBeHidden()
  expect(await unread()).toBe(0)
})

test('a new customer and each change of a payment reach the other browser', async () => {
  await jonass.getByRole('link', { name: 'Customers', exact: true }).click()
  await expect(jonass.getByText('No customers yet')).toBeVisible()
  customer = await createCustomer(mine.request, {
    name: 'Harbour Cafe',
    due: { amount: '400', dueDate: await dayFromToday(mine.request, 3), reference: 'INV-1' },
  })
  await expect.poll(unread).toBe(1)
  await jonass.getByRole('button', { name: 'Show' }).click()
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('€400.00')

  const payment = await recordPayment(mine.request, customer, '150', { state: 'PENDING', reference: 'Bank 77' })
  await jonass.getByRole('link', { name: 'Payments', exact: true }).click()
  await expect(rowOf(jonass, 'Bank 77')).toContainText('Pending')
  await hers.goto('/payments')
  await rowOf(hers, 'Bank 77').getByRole('button', { name: 'Mark completed' }).click()
  await expect(rowOf(jonass, 'Bank 77')).toContainText('Completed')
  await expect(rowOf(jonass, 'Bank 77')).toContainText(`completed by ${mina.name} just now`)
  await expect.poll(unread).toBe(2)

  await jonass.getByRole('link', { name: 'Customers', exact: true }).click()
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('€250.00')
  await ask(mine.request, 'mutation ($id: ID!) { reopenPayment(id: $id) { id } }', { id: payment })
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('€400.00')

  await jonass.getByRole('button', { name: 'Notifications, 2 unread' }).click()
  const bell = jonass.getByRole('dialog', { name: 'Notifications' })
  await expect(bell.getByRole('listitem')).toHaveText([/Payment received.*Harbour Cafe.*€150\.00/, /Customer added.*Harbour Cafe/])
  await jonass.keyboard.press('Escape')
})

test('once the due date has passed the other browser is told, though its access has expired meanwhile', async () => {
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('Pending')
  await letDaysPass(5)
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('Overdue')
  await expect.poll(unread).toBe(3)
  await jonass.getByRole('button', { name: /^Notifications/ }).click()
  const bell = jonass.getByRole('dialog', { name: 'Notifications' })
  await expect(bell.getByRole('listitem').first()).toHaveText(/Payment overdue.*Harbour Cafe.*€400\.00/)
  await bell.getByRole('button', { name: 'Mark all read' }).click()
  await expect.poll(unread).toBe(0)
  await jonass.keyboard.press('Escape')
  await expect(bell).toBeHidden()
  await expectLive(jonass)
})

test('what happens while the network is away is there when it comes back, and nothing twice', async () => {
  await his.setOffline(true)
  await expect(jonass.getByTestId('live-state')).toContainText('Offline')
  await createCustomer(mine.request, { name: 'Night Owl Books' })
  await recordPayment(mine.request, customer, '400')
  await his.setOffline(false)
  await expectLive(jonass)
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('Paid')
  await expect(rowOf(jonass, 'Harbour Cafe')).toContainText('€0.00')
  await expect.poll(unread).toBe(2)
  await jonass.getByRole('button', { name: 'Notifications, 2 unread' }).click()
  const bell = jonass.getByRole('dialog', { name: 'Notifications' })
  await expect(bell.getByRole('listitem').filter({ hasText: 'Payment received' })).toHaveCount(2)
  await expect(bell.getByRole('listitem').filter({ hasText: 'Night Owl Books' })).toHaveCount(1)
  expect(await jonass.evaluate(() => sessionStorage.getItem('loads'))).toBe('1')
})

/** What the bell of the second browser counts. */
async function unread(): Promise<number> {
  const label = (await jonass.getByRole('button', { name: /^Notifications/ }).getAttribute('aria-label')) ?? ''
  return label.includes('none unread') ? 0 : Number(/(\d+) unread/.exec(label)?.[1])
}

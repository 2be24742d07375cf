import { type APIRequestContext, expect, type Locator, type Page, test } from '@playwright/test'
import { createCustomer, dayFromToday, expectLive, mina, rowOf } from './people.ts'
import { beginAfresh, restartApi } from './stack.ts'

// One person's day, from the first account to signing out. Each test goes on where the one before it ended.
test.describe.configure({ mode: 'serial' })

let page: Page
let request: APIRequestContext
test.beforeAll(async ({ browser }) => {
  await beginAfresh()
  page = await browser.newPage()
  request = page.request
})
test.afterAll(() => page.close())

test('the first account is told that it becomes the administrator, and is helped with its fields', async () => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Create an account' })).toBeVisible()
  await expect(page.getByText('This account becomes the administrator')).toBeVisible()
  const create = page.getByRole('button', { name: 'Create the account' })
  await create.click()
  const name = page.getByRole('textbox', { name: 'Your name' })
  await expect(name).toBeFocused()
  await expect(name).toHaveAccessibleDescription(/missing/)

  await name.fill(mina.name)
  await page.getByRole('textbox', { name: 'E-mail' }).fill('mina@')
  await page.getByRole('textbox', { name: 'Password' }).fill('short')
  await create.click()
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription(/not an e-mail address/)
  await expect(page.getByRole('textbox', { name: 'Password' })).toHaveAccessibleDescription(/at least 12 characters/)

  await page.getByRole('textbox', { name: 'E-mail' }).fill(mina.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(mina.password)
  await create.click()
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Team', exact: true })).toBeVisible()
})

test('who is signed in stays so over a reload and a restart of the API', async () => {
  await page.reload()
  await expect(page.getByRole('button', { name: `Account of ${mina.name}` })).toBeVisible()
  await expectLive(page)
  await restartApi()
  // The open page finds its way back alone; a fresh one needs no password.
  await expectLive(page)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
  await expectLive(page)
})

test('a customer is created with a first due, once its fields are right', async () => {
  await page.goto('/customers')
  await expect(page.getByText('No customers yet')).toBeVisible()
  await page.getByRole('button', { name: 'New customer' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New customer' })
  const name = dialog.getByRole('textbox', { name: 'Name' })
  await expect(name).toBeFocused()
  await dialog.getByRole('button', { name: 'Add customer' }).click()
  await expect(name).toHaveAccessibleDescription(/missing/)

  await name.fill('Lindqvist & Søn')
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('nobody')
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('1e3')
  await dialog.getByRole('button', { name: 'Add customer' }).click()
  await expect(dialog.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription(/not an e-mail address/)
  await expect(dialog.getByRole('textbox', { name: 'Amount' })).toHaveAccessibleDescription(/as a number/)
  await expect(dialog.getByRole('textbox', { name: 'Due date' })).toHaveAccessibleDescription(/When is it due/)

  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('office@lindqvist.example')
  await dialog.getByRole('textbox', { name: 'Phone' }).fill('+45 33 12 34 56')
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('1250.50')
  await dialog.getByRole('textbox', { name: 'Due date' }).fill('+14')
  await dialog.getByRole('button', { name: 'Add customer' }).click()

  await expect(page).toHaveURL(/\/customers\/[\w-]+$/)
  await expect(head()).toHaveText(/Lindqvist & Søn.*Pending/)
  await expect(figure('Outstanding')).toHaveText('€1,250.50')
  await expect(figure('Next due')).toContainText('in 14 days')
  await expect(page.getByRole('button', { name: 'Copy e-mail office@lindqvist.example' })).toBeVisible()
  await expect(rowOf(page, 'D-00001')).toContainText('€1,250.50')
})

test('a payment shows what it will cover before it is saved, and moves the balance when it is completed and taken back', async () => {
  await page.getByRole('button', { name: 'Take payment' }).click()
  const dialog = page.getByRole('dialog', { name: /^Take payment/ })
  const amount = dialog.getByRole('textbox', { name: 'Amount' })
  await expect(amount).toHaveValue('1,250.50')
  await expect(dialog.getByRole('region', { name: 'This will cover' })).toContainText('paid in full')
  await amount.fill('1300')
  await expect(dialog.getByRole('region')).toContainText(/Left as credit\s*€49\.50/)
  await amount.fill('500.50')
  await expect(dialog.getByRole('region')).toContainText(/D-00001.*€500\.50.*€750\.00 stays open/)
  await dialog.getByText('Pending', { exact: true }).click()
  await expect(dialog.getByRole('region', { name: 'Once completed, this would cover' })).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Reference' }).fill('Bank 4711')
  await dialog.getByRole('button', { name: 'Record €500.50' }).click()
  await expect(dialog).toBeHidden()
  // Announced money covers nothing yet.
  await expect(figure('Outstanding')).toHaveText('€1,250.50')

  await page.getByRole('tab', { name: 'Payments' }).click()
  const payment = rowOf(page, 'Bank 4711')
  await expect(payment).toContainText('Pending')
  await payment.getByRole('button', { name: 'Mark completed' }).click()
  await expect(payment).toContainText('Completed')
  await expect(figure('Outstanding')).toHaveText('€750.00')
  await payment.getByRole('button', { name: 'Show where the money went' }).click()
  await expect(page.getByText('€500.50 on D-00001')).toBeVisible()
  await payment.getByRole('button', { name: 'Back to pending' }).click()
  await expect(payment).toContainText('Pending')
  await expect(figure('Outstanding')).toHaveText('€1,250.50')
  await expect(head()).toContainText('Pending')
})

test('paying the rest makes the customer paid', async () => {
  await page.getByRole('button', { name: 'Take payment' }).click()
  await page.getByRole('button', { name: 'Record €1,250.50' }).click()
  await expect(figure('Outstanding')).toHaveText('€0.00')
  await expect(head()).toContainText('Paid')
  await page.getByRole('tab', { name: 'Dues' }).click()
  await expect(rowOf(page, 'D-00001')).toContainText('Paid')
  await page.getByRole('tab', { name: 'Activity' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: mina.name }).first()).toBeVisible()
})

test('a customer is edited, put away with a reason, and restored', async () => {
  await page.getByRole('button', { name: 'Edit' }).click()
  const editing = page.getByRole('dialog', { name: /^Edit/ })
  await editing.getByRole('textbox', { name: 'Name' }).fill('Lindqvist & Søn ApS')
  await editing.getByRole('textbox', { name: 'Note' }).fill('Calls back on Thursdays')
  await editing.getByRole('button', { name: 'Save' }).click()
  await expect(head()).toContainText('Lindqvist & Søn ApS')
  await expect(page.getByRole('region', { name: 'Note' })).toHaveText('Calls back on Thursdays')

  await page.getByRole('tab', { name: 'Dues' }).click()
  await page.getByRole('button', { name: 'Add due' }).click()
  const adding = page.getByRole('dialog', { name: 'Add due' })
  await adding.getByRole('textbox', { name: 'Amount' }).fill('80')
  await adding.getByRole('button', { name: 'Add due' }).click()
  await expect(figure('Outstanding')).toHaveText('€80.00')

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Archive…' }).click()
  const archiving = page.getByRole('dialog', { name: /^Archive/ })
  await archiving.getByRole('button', { name: 'Archive' }).click()
  await expect(archiving.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription(/still owes/)
  await archiving.getByRole('textbox', { name: 'Reason' }).fill('Moved to the sister company')
  await archiving.getByRole('button', { name: 'Archive' }).click()
  await expect(head()).toContainText('Archived')
  await expect(page.getByText('Moved to the sister company')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Take payment' })).toBeHidden()

  await page.getByRole('button', { name: 'Restore' }).click()
  await expect(head()).toContainText('Pending')
  await expect(page.getByRole('button', { name: 'Take payment' })).toBeVisible()
})

test('the list is sorted and filtered by its address, which a reload keeps', async () => {
  const late = await dayFromToday(request, -5)
  const soon = await dayFromToday(request, 3)
  await createCustomer(request, { name: 'Amber Bakery', due: { amount: '20', dueDate: late } })
  await createCustomer(request, { name: 'Zebra Print', due: { amount: '9000', dueDate: late } })
  await createCustomer(request, { name: 'Moss Garden', due: { amount: '300', dueDate: soon } })
  await createCustomer(request, { name: 'Quiet Studio' })

  await page.goto('/customers')
  await expect.poll(names).toEqual(['Amber Bakery', 'Zebra Print', 'Moss Garden', 'Lindqvist & Søn ApS', 'Quiet Studio'])
  await page.getByRole('columnheader', { name: 'Outstanding' }).getByRole('button').click()
  await expect(page).toHaveURL(/sort=outstanding/)
  await expect.poll(names).toEqual(['Quiet Studio', 'Amber Bakery', 'Lindqvist & Søn ApS', 'Moss Garden', 'Zebra Print'])
  await page.getByRole('columnheader', { name: 'Outstanding' }).getByRole('button').click()
  await expect.poll(names).toEqual(['Zebra Print', 'Moss Garden', 'Lindqvist & Søn ApS', 'Amber Bakery', 'Quiet Studio'])
  await expect(page.getByRole('columnheader', { name: 'Outstanding' })).toHaveAttribute('aria-sort', 'descending')

  await page.getByRole('group', { name: 'Filters' }).getByText('Overdue').click()
  await expect.poll(names).toEqual(['Zebra Print', 'Amber Bakery'])
  await page.getByRole('searchbox', { name: 'Search customers' }).fill('bak')
  await expect.poll(names).toEqual(['Amber Bakery'])
  await expect(page).toHaveURL(/(?=.*q=bak)(?=.*status=OVERDUE)(?=.*sort=-outstanding)/)
  await page.reload()
  await expect.poll(names).toEqual(['Amber Bakery'])
  await expect(page.getByRole('searchbox', { name: 'Search customers' })).toHaveValue('bak')

  await page.getByRole('searchbox', { name: 'Search customers' }).fill('nobody of that name')
  await expect(page.getByText('No customer matches')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).first().click()
  await expect.poll(async () => (await names()).length).toBe(5)
})

test('after signing out neither the back button nor a reload shows anything', async () => {
  await page.getByRole('link', { name: 'Zebra Print' }).click()
  await expect(head()).toContainText('Zebra Print')
  await page.getByRole('button', { name: `Account of ${mina.name}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByText('Zebra Print')).toBeHidden()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()

  await page.getByRole('textbox', { name: 'E-mail' }).fill(mina.email)
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: /password/i })).toBeVisible()
  await page.getByRole('textbox', { name: 'Password' }).fill(mina.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: `Account of ${mina.name}` })).toBeVisible()
})

/** The name of the customer whose page is open, with its status beside it. */
const head = (): Locator => page.getByRole('heading', { level: 1 }).locator('..')

/** One of the figures below a customer's name. */
const figure = (label: string): Locator =>
  page
    .getByRole('term')
    .filter({ hasText: new RegExp(`^${label}$`) })
    .locator('xpath=following-sibling::dd')

const names = (): Promise<string[]> => page.getByRole('table', { name: 'Customers' }).getByRole('link').allTextContents()

import { type APIRequestContext, expect, type Page, test } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { fillTemplate } from '../../../api/test/data/fill-template.ts'
import { makeReceivablesWorkbook } from '../../../api/test/data/receivables-workbook.ts'
import { ask, mina, register, rowOf } from './people.ts'
import { beginAfresh } from './stack.ts'

let page: Page
let request: APIRequestContext
test.beforeAll(async ({ browser }) => {
  await beginAfresh()
  page = await browser.newPage()
  request = page.request
  await register(request, mina)
})
test.afterAll(() => page.close())

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

async function upload(name: string, buffer: Buffer, mimeType = xlsx): Promise<void> {
  await page.goto('/import')
  await page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer })
}

const customersInAll = async (): Promise<unknown> =>
  (await ask(request, '{ customers(filter: { archived: false }) { totalCount { count } } }'))['customers']

test('the receivables come in from the page: every row is checked, counted and accounted for', async () => {
  await upload('receivables.xlsx', await makeReceivablesWorkbook())
  await expect(page.getByRole('heading', { name: 'receivables.xlsx' })).toBeVisible()
  const outcomes = page.getByRole('group', { name: 'Show rows by outcome' })
  await expect(outcomes.getByRole('button', { name: /^All/ })).toHaveText('All 1,541')
  await expect(outcomes.getByRole('button', { name: /^New/ })).toHaveText('New 1,541')
  await expect(outcomes.getByRole('button', { name: /^Wrong/ })).toHaveText('Wrong 0')
  // Nothing is written before somebody has decided.
  expect(await customersInAll()).toEqual({ totalCount: { count: 0 } })

  // The address is the state: a reload, or a colleague, goes on from here.
  await page.reload()
  await page.getByRole('button', { name: 'Import 1,541 rows' }).click()
  await expect(page.getByRole('heading', { name: 'Every row accounted for' })).toBeVisible({ timeout: 45_000 })
  await expect(page.getByRole('group', { name: / = 1,541 rows$/ })).toBeVisible()
  const sum = await page.getByRole('group', { name: / = 1,541 rows$/ }).getAttribute('aria-label')
  const parts = [...(sum ?? '').matchAll(/([\d,]+) (?:created|updated|skipped|failed)/g)].map(([, figure]) =>
    Number(figure?.replaceAll(',', '')),
  )
  expect(parts.reduce((total, part) => total + part, 0)).toBe(1_541)
  expect(sum).toContain('0 failed')

  await page.getByRole('link', { name: 'Open customers' }).click()
  await expect(page.getByText('80 customers', { exact: true })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Customers' }).getByRole('link')).toHaveCount(25)
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await expect(page.getByText('26–50 of 80')).toBeVisible()
})

test('cells that are wrong are named beside their value, and the right rows come in without them', async () => {
  const rows = [
    'Number,Name,Reference,Amount,Currency,Due date',
    'W-1,Wharf Supply,W-1-A,120.00,EUR,2026-05-01',
    'W-2,Windmill Ltd,W-2-A,twelve,EUR,2026-05-01',
    'W-3,Willow Works,W-3-A,80.00,EUR,2026-02-30',
    'W-4,,W-4-A,80.00,EUR,2026-05-01',
  ]
  await upload('mixed.csv', Buffer.from(rows.join('\n')), 'text/csv')
  await page.getByRole('button', { name: 'Wrong 3' }).click()
  await expect(page.getByRole('table', { name: 'Rows of the file' }).getByRole('row')).toHaveCount(4)
  await expect(rowOf(page, 'Windmill Ltd').getByRole('cell').filter({ hasText: 'twelve' })).toHaveText(/twelve.+\w+/)
  await expect(rowOf(page, 'Willow Works').getByRole('cell').filter({ hasText: '2026-02-30' })).toHaveText(/2026-02-30.+\w+/)
  await page.getByRole('button', { name: 'Import 1 row' }).click()
  await expect(page.getByRole('group', { name: '1 created + 0 updated + 0 skipped + 3 failed = 4 rows' })).toBeVisible()
})

test('a picture that calls itself a workbook is refused with a way out, and nothing is written', async () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(500, 7)])
  await upload('customers.xlsx', png)
  await expect(page.getByRole('alert', { name: '“customers.xlsx” was not taken' })).toContainText(/save|choose|\.xlsx/i)
  // The page still takes another file.
  await expect(page.getByText('Drop a file here')).toBeVisible()
  await upload('notes.pdf', Buffer.from('%PDF-1.7'), 'application/pdf')
  await expect(page.getByRole('alert', { name: '“notes.pdf” was not taken' })).toContainText('Choose a file that ends in .xlsx or .csv.')
})

test('the template that the page offers comes back filled in, without its examples', async () => {
  await page.goto('/import')
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Template' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('customers.xlsx')
  const row = ['T-1', 'Teal Workshop', 'teal@workshop.example', null, null, 'T-1-A', 310.5, 'EUR', null, new Date('2026-05-01'), null, null]
  await upload('from-template.xlsx', await fillTemplate(await readFile(await download.path()), [row]))
  await page.getByRole('button', { name: 'Import 1 row' }).click()
  await expect(page.getByRole('group', { name: /^1 created \+ 0 updated .* 0 failed/ })).toBeVisible()
  await page.goto('/customers?q=teal')
  await expect(rowOf(page, 'Teal Workshop')).toContainText('€310.50')
})

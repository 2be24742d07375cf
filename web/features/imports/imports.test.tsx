import { ApolloClient, ApolloLink } from '@apollo/client'
import { ApolloProvider } from '@apollo/client/react'
import { MantineProvider } from '@mantine/core'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { of } from 'rxjs'
import { beforeEach, expect, test, vi } from 'vitest'
import { makeCache } from '../../apollo/cache.ts'
import { mayAs, SessionContext } from '../../apollo/session.ts'
import { ReaderProvider } from '../../ui/reader.tsx'
import { ImportScreen } from './import-screen.tsx'
import { ImportStart } from './import-start.tsx'

const router = { push: vi.fn(), replace: vi.fn() }
vi.mock('next/navigation', () => ({ useRouter: () => router, usePathname: () => '/import', useSearchParams: () => new URLSearchParams() }))

const me = { __typename: 'Me' as const, id: 'u1', name: 'Mina Ito', email: 'mina@example.com', role: 'ADMIN' as const, waiting: false }
const company = {
  __typename: 'Company' as const,
  name: 'Nordlicht',
  currency: 'EUR',
  timeZone: 'UTC',
  locale: 'en',
  today: '2026-03-31',
  paymentTermsDays: 14,
}
const session = { me, company, may: mayAs(me), signOut: async () => {}, reload: async () => {} }

/** Draws a screen over a server that answers each operation by its name, and remembers what was asked. */
function show(screenful: ReactNode, answers: Record<string, object>) {
  const asked: Array<{ name: string; variables: Record<string, unknown> }> = []
  const link = new ApolloLink(({ operationName = '', variables }) => {
    asked.push({ name: operationName, variables })
    return of(answers[operationName] ?? { errors: [{ message: `No answer to ${operationName}` }] })
  })
  const client = new ApolloClient({ link, cache: makeCache(), dataMasking: true })
  render(
    <MantineProvider env="test">
      <ApolloProvider client={client}>
        <SessionContext value={session}>
          <ReaderProvider locale="en" today="2026-03-31">
            {screenful}
          </ReaderProvider>
        </SessionContext>
      </ApolloProvider>
    </MantineProvider>,
  )
  return asked
}

const none = { new: 0, changed: 0, same: 0, wrong: 0, duplicate: 0, asked: 0, created: 0, updated: 0, skipped: 0, failed: 0 }
const anImport = (status: string, counts: object, more: object = {}) => ({
  data: {
    import: {
      __typename: 'Import',
      id: 'i1',
      fileName: 'dues.xlsx',
      status,
      sheet: 'Dues',
      headerRow: 1,
      columns: [{ __typename: 'ImportColumn', header: 'Betrag', column: 'amount' }],
      asks: [],
      uploadedBy: 'Mina Ito',
      uploadedAt: '2026-03-31T08:00:00Z',
      finishedAt: null,
      counts: { __typename: 'ImportCounts', ...none, ...counts },
      ...more,
    },
  },
})
const rows = (nodes: object[]) => ({
  data: {
    import: {
      __typename: 'Import',
      id: 'i1',
      rows: {
        __typename: 'ImportRowConnection',
        nodes,
        pageInfo: { __typename: 'PageInfo', endCursor: null, hasNextPage: false },
        totalCount: { __typename: 'TotalCount', count: nodes.length, more: false },
      },
    },
  },
})
const noImports = {
  data: {
    imports: { __typename: 'ImportConnection', nodes: [], pageInfo: { __typename: 'PageInfo', endCursor: null, hasNextPage: false } },
  },
}

const choose = async (file: File): Promise<void> =>
  userEvent.upload(await screen.findByLabelText('Choose an Excel or CSV file', { selector: 'input' }), file)

beforeEach(() => vi.clearAllMocks())

test('a file that the server refuses shows the reason and the way out, and stays on the page', async () => {
  const message = 'This is not an Excel workbook, whatever its name says. Upload an .xlsx or .csv file.'
  const refusal = { data: null, errors: [{ message, extensions: { code: 'FILE_REFUSED', reference: 'r-1' } }] }
  show(<ImportStart />, { PastImports: noImports, UploadImport: refusal })
  await choose(new File(['PNG'], 'picture.xlsx'))
  const alert = await screen.findByRole('alert')
  expect(within(alert).getByText('“picture.xlsx” was not taken')).toBeDefined()
  expect(within(alert).getByText(message)).toBeDefined()
  expect(router.push).not.toHaveBeenCalled()
})

test('a workbook of the old format is refused before it travels, with the way out', async () => {
  const asked = show(<ImportStart />, { PastImports: noImports })
  await choose(new File(['x'], 'dues.xls'))
  const alert = await screen.findByRole('alert')
  expect(within(alert).getByText(/old Excel format/)).toBeDefined()
  expect(within(alert).getByText(/save it as \.xlsx/)).toBeDefined()
  expect(asked.map(({ name }) => name)).not.toContain('UploadImport')
})

test('a taken file leads to its review', async () => {
  show(<ImportStart />, { PastImports: noImports, UploadImport: { data: { uploadImport: { __typename: 'Import', id: 'i1' } } } })
  await choose(new File(['x'], 'dues.csv'))
  await vi.waitFor(() => expect(router.push).toHaveBeenCalledWith('/import/i1'))
})

test('the counts of a finished import add up on screen', async () => {
  show(<ImportScreen id="i1" />, {
    ImportScreen: anImport('DONE', { rows: 1541, created: 1500, updated: 30, skipped: 7, failed: 4 }),
    ImportRows: rows([]),
  })
  expect(await screen.findByRole('group', { name: '1,500 created + 30 updated + 7 skipped + 4 failed = 1,541 rows' })).toBeDefined()
  expect(screen.getByText('Every row accounted for')).toBeDefined()
})

test('counts that miss a row never look like success', async () => {
  show(<ImportScreen id="i1" />, {
    ImportScreen: anImport('DONE', { rows: 10, created: 8, failed: 1 }),
    ImportRows: rows([]),
  })
  expect(await screen.findByText(/The file has 10 rows, but 9 rows are accounted for/)).toBeDefined()
  expect(screen.queryByText('Every row accounted for')).toBeNull()
})

test('a wrong cell says in words what is wrong with it, and the button how many rows it imports', async () => {
  const wrong = {
    __typename: 'ImportRow',
    id: 'i1:4',
    row: 4,
    status: 'WRONG',
    customerId: null,
    values: [{ __typename: 'ImportCell', column: 'name', text: 'Telus' }],
    faults: [{ __typename: 'ImportFault', column: 'amount', code: 'NOT_A_NUMBER', message: 'This is not an amount.' }],
  }
  show(<ImportScreen id="i1" />, {
    ImportScreen: anImport('REVIEW', { rows: 3, new: 1, changed: 1, wrong: 1 }),
    ImportRows: rows([wrong]),
  })
  const cells = within(await screen.findByRole('row', { name: /Telus/ })).getAllByRole('cell')
  expect(cells.some((cell) => cell.textContent?.includes('This is not an amount.'))).toBe(true)
  expect(screen.getByRole('button', { name: 'Import 2 rows' })).toBeDefined()
  expect(screen.getByRole('list', { name: 'What will happen to the rows' }).textContent).toContain('1 wrong: left out')
})

test('an answer sends the kept file again with the column it is about', async () => {
  const question = {
    __typename: 'ImportAsk',
    about: 'dateOrder',
    column: 'dueDate',
    question: 'Which comes first?',
    options: ['DMY', 'MDY'],
  }
  const start = { PastImports: noImports, UploadImport: { data: { uploadImport: { __typename: 'Import', id: 'i1' } } } }
  show(<ImportStart />, start)
  await choose(new File(['x'], 'dues.csv'))
  await vi.waitFor(() => expect(router.push).toHaveBeenCalled())

  const asked = show(<ImportScreen id="i1" />, {
    ImportScreen: anImport('REVIEW', { rows: 1, asked: 1 }, { asks: [question] }),
    ImportRows: rows([]),
    UploadImport: { data: { uploadImport: { __typename: 'Import', id: 'i2' } } },
    DiscardImport: { data: { discardImport: anImport('DISCARDED', { rows: 1 }).data.import } },
  })
  await userEvent.click(await screen.findByLabelText(/^The day/))
  await userEvent.click(screen.getByRole('button', { name: 'Read the file again' }))
  await vi.waitFor(() => expect(router.replace).toHaveBeenCalledWith('/import/i2'))
  expect(asked.find(({ name }) => name === 'UploadImport')?.variables).toMatchObject({
    file: { name: 'dues.csv' },
    answers: [{ about: 'dateOrder', column: 'dueDate', answer: 'DMY' }],
  })
})

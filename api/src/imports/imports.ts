import { setTimeout as sleep } from 'node:timers/promises'
import { and, asc, count, desc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Contact } from 'schema/customer'
import { parseMoney } from 'schema/money'
import type { RowValues } from 'schema/sheet'
import { atomically, contextOf, type App, type Atomic, type Context } from '../context.ts'
import { contactsOf, lockCustomer, nextCustomerNumbers, otherCurrencies, updateEntered, type CustomerRow } from '../customers/customers.ts'
import { newId } from '../db/columns.ts'
import { isDuplicate } from '../db/database.ts'
import { after, countUpTo, decodeCursor, pageOf, type Page } from '../db/keyset.ts'
import { DomainError } from '../errors.ts'
import { record } from '../events/events.ts'
import { accountOf, settle } from '../ledger/allocation.ts'
import { bookMany, payImported, type BulkDue } from '../ledger/bulk.ts'
import { changeDue, dueDateByTerms, duesById, nextDueReferences } from '../ledger/dues.ts'
import { againstBooks, candidatesNow, customerChanges, dueChanges, dueNow, matchRows, owes, type MatchedRow } from './match.ts'
import type { ImportRowStatus } from './statuses.ts'
import { importRows, imports } from './tables.ts'
import { checkRows, readWorkbook, type Answers, type CheckedRow } from './workbook.ts'

export type ImportRow = typeof imports.$inferSelect
export type ImportLine = typeof importRows.$inferSelect

/** Rows that are held against the books, written, or committed at once. */
const batch = 500

/**
 * Reads a workbook from disk and keeps every row with what was understood of it; no customer or due is written yet.
 * @throws DomainError FILE_REFUSED with the reason and the way out
 */
export async function uploadImport(
  ctx: Context,
  file: { readonly name: string; readonly path: string },
  answers: Answers,
): Promise<ImportRow> {
  const workbook = await readWorkbook(file.path, answers)
  if ('refused' in workbook) throw new DomainError('FILE_REFUSED', workbook.refused.message, [], { reason: workbook.refused.code })
  const currencies = await otherCurrencies(ctx)
  const row = {
    id: newId(),
    fileName: file.name,
    status: 'REVIEW' as const,
    sheet: workbook.sheet,
    headerRow: workbook.headerRow,
    columns: workbook.columns.map(({ header, column }) => ({ header, column })),
    asks: workbook.asks.map(({ about, column, question, options }) => ({ about, column, question, options: [...options] })),
    totalRows: 0,
    uploadedById: ctx.viewer.kind === 'staff' ? ctx.viewer.id : null,
    uploadedBy: ctx.viewer.kind === 'nobody' ? '' : ctx.viewer.name,
    uploadedAt: ctx.now,
  }
  // The rows are written batch by batch, so a file of any length needs little memory; what a fault leaves behind is removed.
  await ctx.db.insert(imports).values({ ...row, status: 'DISCARDED' })
  let waiting: CheckedRow[] = []
  const named = new Set<string>()
  const keep = async () => {
    const matched = await matchRows(ctx, waiting, named)
    if (matched.length > 0) await ctx.db.insert(importRows).values(matched.map((line) => toLine(row.id, line)))
    row.totalRows += matched.length
    waiting = []
  }
  const { currency, paymentTermsDays } = ctx.app.company
  const currencyOf = ({ number, email }: Pick<RowValues, 'number' | 'email'>) => currencies.get(number?.toLowerCase() ?? email ?? '')
  for await (const checked of checkRows(workbook, { currency, paymentTermsDays, today: ctx.today, answers, currencyOf })) {
    waiting.push(checked)
    if (checked.status === 'new' && checked.values.name !== undefined) named.add(checked.customer)
    if (waiting.length === batch) await keep()
  }
  await keep()
  await ctx.db.update(imports).set({ status: 'REVIEW', totalRows: row.totalRows }).where(eq(imports.id, row.id))
  return getImport(ctx, row.id)
}

const toLine = (importId: string, { checked, status, faults, customer, due }: MatchedRow) => ({
  importId,
  row: checked.row,
  status,
  cells: { ...checked.values, ...checked.unread, ...(checked.filled.length === 0 ? {} : { filled: checked.filled.join(' ') }) },
  faults,
  customerKey: (customer?.id ?? checked.customer).slice(0, 500),
  customerId: customer?.id ?? null,
  dueId: due?.id ?? null,
})

/** @throws DomainError NOT_FOUND */
export async function getImport(ctx: Context, id: string): Promise<ImportRow> {
  const [row] = await ctx.db.select().from(imports).where(eq(imports.id, id))
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This import does not exist')
  return row
}

/** Those that exist, in no particular order. */
export async function importsById(ctx: Context, ids: readonly string[]): Promise<ImportRow[]> {
  return ids.length === 0
    ? []
    : ctx.db
        .select()
        .from(imports)
        .where(inArray(imports.id, [...ids]))
}

/** Past and present imports, newest first; discarded ones are left out. */
export async function listImports(ctx: Context, query: { first: number; after?: string | null }): Promise<Page<ImportRow>> {
  const position = query.after == null ? undefined : decodeCursor(query.after, 'id')
  const rows = await ctx.db
    .select()
    .from(imports)
    .where(and(inArray(imports.status, ['REVIEW', 'COMMITTING', 'DONE']), position && after(undefined, imports.id, position, true)))
    .orderBy(desc(imports.id))
    .limit(query.first + 1)
  return pageOf(rows, query.first, (row) => ({ value: null, id: row.id }))
}

/** The rows of an import in the order of the sheet, all or those in some statuses. */
export async function listImportRows(
  ctx: Context,
  importId: string,
  query: { first: number; after?: string | null; status?: readonly ImportRowStatus[] | null },
): Promise<Page<ImportLine>> {
  const position = query.after == null ? undefined : decodeCursor(query.after, 'number')
  const rows = await ctx.db
    .select()
    .from(importRows)
    .where(and(rowsIn(importId, query.status), position && gt(importRows.row, Number(position.value))))
    .orderBy(asc(importRows.row))
    .limit(query.first + 1)
  return pageOf(rows, query.first, (row) => ({ value: String(row.row), id: '' }))
}

/** How many there are, up to the limit. */
export const countImportRows = (ctx: Context, importId: string, status: readonly ImportRowStatus[] | null | undefined) =>
  countUpTo(ctx.db, importRows, rowsIn(importId, status))

const rowsIn = (importId: string, status: readonly ImportRowStatus[] | null | undefined) =>
  and(eq(importRows.importId, importId), status == null || status.length === 0 ? undefined : inArray(importRows.status, [...status]))

/** How many rows of each import are in each status. */
export async function countStatuses(ctx: Context, importIds: readonly string[]): Promise<Map<string, Map<ImportRowStatus, number>>> {
  const rows = await ctx.db
    .select({ importId: importRows.importId, status: importRows.status, rows: count() })
    .from(importRows)
    .where(inArray(importRows.importId, [...importIds]))
    .groupBy(importRows.importId, importRows.status)
  const found = new Map(importIds.map((id) => [id, new Map<ImportRowStatus, number>()]))
  for (const { importId, status, rows: counted } of rows) found.get(importId)?.set(status, counted)
  return found
}

/** Begins to write what the review showed; it goes on by itself, also across a restart. */
export async function commitImport(ctx: Context, id: string, known: 'UPDATE' | 'SKIP'): Promise<ImportRow> {
  const row = await atomically(ctx, async (ctx) => {
    const row = await lockImport(ctx, id)
    if (row.status === 'COMMITTING' || row.status === 'DONE') return row
    if (row.status !== 'REVIEW')
      throw new DomainError('NOT_ALLOWED_NOW', `This import is ${row.status.toLowerCase()}; upload the file again`)
    await ctx.db.update(imports).set({ status: 'COMMITTING', known }).where(eq(imports.id, id))
    return { ...row, status: 'COMMITTING' as const, known }
  })
  if (row.status === 'COMMITTING') work(ctx.app, id)
  return row
}

/** Drops an import that was not committed. */
export async function discardImport(ctx: Context, id: string): Promise<ImportRow> {
  return atomically(ctx, async (ctx) => {
    const row = await lockImport(ctx, id)
    if (row.status !== 'REVIEW') throw new DomainError('NOT_ALLOWED_NOW', 'Only an import that waits for its review can be dropped')
    await ctx.db.update(imports).set({ status: 'DISCARDED', finishedAt: ctx.now }).where(eq(imports.id, id))
    return { ...row, status: 'DISCARDED' as const, finishedAt: ctx.now }
  })
}

async function lockImport(ctx: Atomic, id: string): Promise<ImportRow> {
  const [row] = await ctx.db.select().from(imports).where(eq(imports.id, id)).for('update')
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This import does not exist')
  return row
}

interface Jobs {
  readonly byImport: Map<string, Promise<void>>
  readonly stopping: AbortController
}
const jobsOf = new WeakMap<App, Jobs>()
const retryMs = 5_000

function jobs(app: App): Jobs {
  const known = jobsOf.get(app) ?? { byImport: new Map(), stopping: new AbortController() }
  jobsOf.set(app, known)
  return known
}

/** Commits an import batch by batch in this process; several processes at once take turns by the lock on the import. */
function work(app: App, id: string): void {
  const { byImport, stopping } = jobs(app)
  if (byImport.has(id)) return
  byImport.set(
    id,
    commitAll(app, id, stopping.signal).finally(() => byImport.delete(id)),
  )
}

/** What keeps a batch from being written, such as a database that is away, passes; until then it is tried again. */
async function commitAll(app: App, id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (!(await commitBatch(app, id))) return
    } catch (error) {
      app.log.error({ err: error, importId: id }, 'a batch of an import could not be written; it is tried again')
      await sleep(retryMs, undefined, { signal }).catch(() => {})
    }
  }
}

/** Takes up imports that an earlier process left in the middle; disposing waits for the batch under way. */
export async function resumeImports(app: App): Promise<AsyncDisposable> {
  const left = await app.db.select({ id: imports.id }).from(imports).where(eq(imports.status, 'COMMITTING'))
  for (const { id } of left) work(app, id)
  return {
    async [Symbol.asyncDispose]() {
      const { byImport, stopping } = jobs(app)
      stopping.abort()
      await Promise.all(byImport.values())
    },
  }
}

/** A batch of a commit: whether there is more to do. One that fails is tried customer by customer, so that one bad row spoils only its own. */
async function commitBatch(app: App, id: string): Promise<boolean> {
  const ctx = contextOf(app, { kind: 'system', name: 'import' }, `import-${id}`)
  const lines = await pendingLines(ctx, id)
  try {
    return await commitSome(ctx, id, lines)
  } catch (error) {
    if (!isRefusal(error)) throw error
    for (const theirs of Map.groupBy(lines, (line) => line.customerKey).values()) {
      await commitSome(ctx, id, theirs).catch(async (error: unknown) => {
        if (!isRefusal(error)) throw error
        await refuse(
          ctx,
          id,
          theirs,
          error instanceof DomainError
            ? error.message
            : 'Something in this row was taken by somebody else meanwhile; upload the file again.',
        )
      })
    }
    return true
  }
}

const isRefusal = (error: unknown): boolean => (error instanceof DomainError && error.code !== 'BUSY') || isDuplicate(error)

async function refuse(ctx: Context, id: string, lines: readonly ImportLine[], message: string): Promise<void> {
  await ctx.db
    .update(importRows)
    .set({ status: 'FAILED', faults: [{ column: null, code: 'REFUSED', message }] })
    .where(
      and(
        eq(importRows.importId, id),
        inArray(
          importRows.row,
          lines.map((line) => line.row),
        ),
      ),
    )
}

/** One transaction: whether something was there to do. Lines that another process has done meanwhile are passed over. */
async function commitSome(ctx: Context, id: string, chosen: readonly ImportLine[]): Promise<boolean> {
  const references = await nextDueReferences(
    ctx,
    chosen.filter((line) => line.cells['reference'] === undefined && owes(line.cells)).length,
    [...new Set(chosen.flatMap((line) => line.customerId ?? []))],
    chosen.flatMap((line) => line.cells['reference'] ?? []),
  )
  const unnumbered = new Set(
    chosen.flatMap((line) => (line.customerId === null && line.cells['number'] === undefined ? [line.customerKey] : [])),
  )
  const numbers = await nextCustomerNumbers(ctx, unnumbered.size)
  return atomically(ctx, async (outer) => {
    const row = await lockImport(outer, id)
    if (row.status !== 'COMMITTING') return false
    const uploader = row.uploadedById === null ? {} : { onBehalfOf: row.uploadedById }
    const ctx = { ...outer, viewer: { kind: 'system' as const, name: row.uploadedBy, ...uploader } }
    if (chosen.length === 0) {
      await finish(ctx, row)
      return false
    }
    const still = new Set((await pendingLines(ctx, id)).map((line) => line.row))
    const lines = chosen.filter((line) => still.has(line.row))
    if (lines.length > 0) await commitLines(ctx, row, lines, { references: [...references], numbers: [...numbers] })
    return true
  })
}

const pendingLines = (ctx: Context, id: string) =>
  ctx.db
    .select()
    .from(importRows)
    .where(and(eq(importRows.importId, id), inArray(importRows.status, ['NEW', 'CHANGED'])))
    .orderBy(asc(importRows.status), asc(importRows.customerKey), asc(importRows.row))
    .limit(batch)

interface Reserved {
  readonly references: string[]
  readonly numbers: string[]
}

async function commitLines(ctx: Atomic, row: ImportRow, lines: readonly ImportLine[], reserved: Reserved): Promise<void> {
  const knownIds = [...new Set(lines.flatMap((line) => line.customerId ?? []))].sort()
  const locked = new Map<string, CustomerRow>()
  for (const id of knownIds) locked.set(id, await lockCustomer(ctx, id))
  const created = await customersOfKeys(ctx, row.id, lines)
  const groups = Map.groupBy(lines, (line) => line.customerKey)
  const done: { line: ImportLine; status: ImportRowStatus; customerId: string | null; faults?: ImportLine['faults'] }[] = []
  const fresh: { customer: Parameters<typeof bookMany>[1][number]['customer']; lines: ImportLine[] }[] = []

  const appeared = await appearedMeanwhile(
    ctx,
    row.id,
    [...groups].filter(([key, theirs]) => theirs[0]!.customerId === null && !created.has(key)),
  )
  for (const [key, theirs] of groups) {
    if (appeared.has(key)) {
      const faults = [
        {
          column: null,
          code: 'MEANWHILE',
          message: 'A customer like this one was added after the file was checked. Upload the file again.',
        },
      ]
      done.push(...theirs.map((line) => ({ line, status: 'FAILED' as const, customerId: null, faults })))
      continue
    }
    const knownId = theirs[0]!.customerId ?? created.get(key)
    const customer = knownId === undefined ? undefined : (locked.get(knownId) ?? (await lockCustomer(ctx, knownId)))
    if (customer === undefined) {
      fresh.push({ customer: newCustomer(ctx, theirs, reserved), lines: theirs })
      continue
    }
    // Customers that this import has made are not "known": its choice is about those that were there before.
    const wasThere = theirs[0]!.customerId !== null
    if (wasThere && row.known === 'SKIP') {
      done.push(...theirs.map((line) => ({ line, status: 'SKIPPED' as const, customerId: customer.id })))
      continue
    }
    const additions: ImportLine[] = []
    for (const line of theirs) {
      const outcome = await update(ctx, customer.id, line)
      if (outcome === 'ADD') additions.push(line)
      else done.push({ line, ...outcome, customerId: customer.id })
    }
    if (additions.length > 0) fresh.push({ customer: await lockCustomer(ctx, customer.id), lines: additions })
  }

  const entries = fresh.map(({ customer, lines }) => ({
    customer,
    dues: lines.flatMap((line) => toDue(ctx, line, customer.currency, reserved)),
  }))
  const { overdue } = await bookMany(ctx, entries)
  done.push(...fresh.flatMap(({ customer, lines }) => lines.map((line) => ({ line, status: 'CREATED' as const, customerId: customer.id }))))
  await writeOutcomes(ctx, row.id, done)
  if (overdue > 0)
    await ctx.db
      .update(imports)
      .set({ overdue: sql`${imports.overdue} + ${overdue}` })
      .where(eq(imports.id, row.id))
}

/** Customers that earlier batches of this import have made, by key. */
async function customersOfKeys(ctx: Atomic, importId: string, lines: readonly ImportLine[]): Promise<Map<string, string>> {
  const keys = [...new Set(lines.flatMap((line) => (line.customerId === null ? [line.customerKey] : [])))]
  if (keys.length === 0) return new Map()
  const rows = await ctx.db
    .select({ key: importRows.customerKey, id: importRows.customerId })
    .from(importRows)
    .where(and(eq(importRows.importId, importId), eq(importRows.status, 'CREATED'), inArray(importRows.customerKey, keys)))
  return new Map(rows.flatMap(({ key, id }) => (id === null ? [] : [[key, id] as const])))
}

/** Which of these keys, nobody's when the file was checked, have a customer now that another import or somebody at a screen has made. */
async function appearedMeanwhile(
  ctx: Atomic,
  importId: string,
  strangers: readonly (readonly [key: string, lines: readonly ImportLine[]])[],
): Promise<ReadonlySet<string>> {
  const candidates = await candidatesNow(
    ctx,
    strangers.map(([, lines]) => lines[0]!.cells),
  )
  const ids = [...new Set(candidates.flat())]
  if (ids.length === 0) return new Set()
  const own = await ctx.db
    .selectDistinct({ id: importRows.customerId })
    .from(importRows)
    .where(and(eq(importRows.importId, importId), eq(importRows.status, 'CREATED'), inArray(importRows.customerId, ids)))
  const ours = new Set(own.map(({ id }) => id))
  return new Set(strangers.flatMap(([key], index) => (candidates[index]!.some((id) => !ours.has(id)) ? [key] : [])))
}

/** A new customer out of all its rows: the first value of each field counts, and later rows don't contradict it. */
function newCustomer(ctx: Atomic, lines: readonly ImportLine[], reserved: Reserved) {
  const first = (column: keyof RowValues) => lines.find((line) => line.cells[column] !== undefined)?.cells[column]
  const contacts: Contact[] = []
  for (const [kind, column] of [
    ['EMAIL', 'email'],
    ['PHONE', 'phone'],
    ['ADDRESS', 'address'],
  ] as const) {
    const value = first(column)
    if (value !== undefined) contacts.push({ kind, value })
  }
  const number = first('number') ?? reserved.numbers.pop()
  if (number === undefined) throw new Error('no number was reserved for a new customer')
  return {
    id: newId(),
    number,
    name: first('name') ?? number,
    note: first('note') ?? null,
    currency: first('currency') ?? ctx.app.company.currency,
    contacts,
  }
}

function toDue(ctx: Atomic, line: ImportLine, currency: string, reserved: Reserved): BulkDue[] {
  const values: RowValues = line.cells
  if (!owes(values)) return []
  const issuedOn = values.issuedOn ?? (values.dueDate !== undefined && values.dueDate < ctx.today ? values.dueDate : ctx.today)
  const reference = values.reference ?? reserved.references.pop()
  if (reference === undefined) throw new Error('no reference was reserved for a due')
  return [
    {
      id: newId(),
      reference,
      amount: parseMoney(values.amount!, currency),
      issuedOn,
      dueDate: values.dueDate ?? dueDateByTerms(ctx, issuedOn),
      paidOn: values.paidOn,
    },
  ]
}

/**
 * Changes a known customer and its due as a row says; ADD where the row's due is still to be added. A row that has nothing to say
 * any more is skipped.
 */
async function update(
  ctx: Atomic,
  customerId: string,
  line: ImportLine,
): Promise<'ADD' | { status: ImportRowStatus; faults?: ImportLine['faults'] }> {
  const customer = await lockCustomer(ctx, customerId)
  const values: RowValues = line.cells
  // The books may have moved on since the review: a due that was missing then may be there now.
  const [due] = line.dueId === null ? [await dueNow(ctx, values, customer)] : await duesById(ctx, [line.dueId])
  const faults = againstBooks(values, customer, due)
  if (faults.length > 0) return { status: 'FAILED', faults }
  const contacts = (await contactsOf(ctx, [customerId])).get(customerId) ?? []
  const changed = customerChanges(values, customer, contacts)
  if (changed !== undefined) {
    const changes = await updateEntered(
      ctx,
      customer,
      customer.version,
      { ...changed, number: customer.number, currency: customer.currency },
      true,
    )
    await record(ctx, {
      type: 'CUSTOMER_CHANGED',
      customerId,
      changes,
      facts: { name: changed.name, customerNumber: customer.number, quiet: true },
    })
  }
  const done = { status: changed === undefined ? ('SKIPPED' as const) : ('UPDATED' as const) }
  if (due === undefined) return owes(values) ? 'ADD' : done
  if (!dueChanges({ values, filled: (line.cells['filled'] ?? '').split(' ') as CheckedRow['filled'] }, due)) return done
  const account = accountOf(await lockCustomer(ctx, customerId))
  const dueDate = (line.cells['filled'] ?? '').split(' ').includes('dueDate') ? due.dueDate : (values.dueDate ?? due.dueDate)
  await changeDue(ctx, account, due, parseMoney(values.amount!, customer.currency), dueDate)
  await settle(ctx, account)
  const [open] = await duesById(ctx, [due.id])
  if (values.paidOn !== undefined && open !== undefined && open.outstanding > 0n)
    await payImported(ctx, await lockCustomer(ctx, customerId), open, values.paidOn)
  return { status: 'UPDATED' }
}

async function writeOutcomes(
  ctx: Atomic,
  importId: string,
  done: readonly { line: ImportLine; status: ImportRowStatus; customerId: string | null; faults?: ImportLine['faults'] }[],
): Promise<void> {
  for (const outcome of done) {
    if (outcome.faults === undefined) continue
    await ctx.db
      .update(importRows)
      .set({ faults: outcome.faults })
      .where(and(eq(importRows.importId, importId), eq(importRows.row, outcome.line.row)))
  }
  for (const [status, outcomes] of Map.groupBy(done, (outcome) => outcome.status)) {
    const cases = outcomes.map(({ line, customerId }) => sql`when ${line.row} then ${sql.param(customerId, importRows.customerId)}`)
    await ctx.db
      .update(importRows)
      .set({ status, customerId: sql`case ${importRows.row} ${sql.join(cases, sql` `)} end` })
      .where(
        and(
          eq(importRows.importId, importId),
          inArray(
            importRows.row,
            outcomes.map(({ line }) => line.row),
          ),
        ),
      )
  }
}

async function finish(ctx: Atomic, row: ImportRow): Promise<void> {
  await ctx.db.update(imports).set({ status: 'DONE', finishedAt: ctx.now }).where(eq(imports.id, row.id))
  const statuses = (await countStatuses(ctx, [row.id])).get(row.id)!
  const { created, updated, skipped, failed } = summary(statuses)
  await record(ctx, {
    type: 'IMPORT_FINISHED',
    importId: row.id,
    facts: { fileName: row.fileName, created, updated, skipped, failed, overdue: row.overdue },
  })
}

/** What became of the rows; the four add up to all rows once the import is done. */
export function summary(statuses: ReadonlyMap<ImportRowStatus, number>): {
  created: number
  updated: number
  skipped: number
  failed: number
} {
  const of = (...names: ImportRowStatus[]) => names.reduce((sum, name) => sum + (statuses.get(name) ?? 0), 0)
  return {
    created: of('CREATED'),
    updated: of('UPDATED'),
    skipped: of('SAME', 'DUPLICATE', 'SKIPPED'),
    failed: of('WRONG', 'ASKED', 'FAILED'),
  }
}

import { index, int, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core'
import { id, instant, jsonText, word } from '../db/columns.ts'
import type { ImportRowStatus, ImportStatus } from './statuses.ts'

export const imports = mysqlTable(
  'import',
  {
    id: id('id').primaryKey(),
    fileName: varchar('file_name', { length: 255 }).notNull(),
    status: word('status').$type<ImportStatus>().notNull(),
    sheet: varchar('sheet', { length: 255 }).notNull(),
    headerRow: int('header_row').notNull(),
    columns: jsonText<readonly { header: string; column: string | null }[]>()('columns_found').notNull(),
    asks: jsonText<readonly { about: string; column: string; question: string; options: string[] }[]>()('asks').notNull(),
    /** What a commit does with customers that exist already; chosen when it begins. */
    known: word('known').$type<'UPDATE' | 'SKIP'>(),
    totalRows: int('total_rows').notNull(),
    /** Dues that were past their date when they came in: told once, with the import. */
    overdue: int('overdue').notNull().default(0),
    uploadedById: id('uploaded_by_id'),
    uploadedBy: varchar('uploaded_by', { length: 200 }).notNull(),
    uploadedAt: instant('uploaded_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (table) => [index('import_uploaded').on(table.uploadedAt, table.id), index('import_status').on(table.status)],
)

export const importRows = mysqlTable(
  'import_row',
  {
    importId: id('import_id')
      .notNull()
      .references(() => imports.id),
    /** The row's number in the sheet. */
    row: int('row_number').notNull(),
    status: word('status').$type<ImportRowStatus>().notNull(),
    /** Column → text as understood: money as decimal strings, dates ISO. */
    cells: jsonText<Readonly<Record<string, string>>>()('cells').notNull(),
    faults: jsonText<readonly { column: string | null; code: string; message: string }[]>()('faults').notNull(),
    /** Rows with the same key are about the same customer of the file. */
    customerKey: varchar('customer_key', { length: 500 }).notNull(),
    /** The customer that was found in the books, or created. */
    customerId: id('customer_id'),
    /** The due that was found in the books, or created. */
    dueId: id('due_id'),
  },
  (table) => [
    primaryKey({ columns: [table.importId, table.row] }),
    // The review's tabs, their counts, and what a commit still has to do.
    index('import_row_status').on(table.importId, table.status, table.row),
    // A commit goes customer by customer, so that one with many rows is written once.
    index('import_row_customer').on(table.importId, table.status, table.customerKey, table.row),
  ],
)

import { readFile, writeFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import ExcelJS from 'exceljs'

interface Receivable {
  due_id: string
  customer_id: string
  issue_date: string
  due_date: string
  amount: string
  paid_date: string
}

/** The receivables of the CSV beside this file, in its order. */
export async function readReceivables(): Promise<Receivable[]> {
  return parse(await readFile(new URL('receivables.csv', import.meta.url)), { columns: true })
}

/** The receivables as .xlsx: real dates, amounts as numbers, one row per due, its customer repeated in each. */
export async function makeReceivablesWorkbook(): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Receivables', { views: [{ state: 'frozen', ySplit: 1 }] })
  const date = { numFmt: 'yyyy-mm-dd' }
  sheet.columns = [
    { header: 'Number', key: 'number', width: 10 },
    { header: 'Name', key: 'name', width: 18 },
    { header: 'Reference', key: 'reference', width: 12 },
    { header: 'Issued on', key: 'issuedOn', width: 12, style: date },
    { header: 'Due date', key: 'dueDate', width: 12, style: date },
    { header: 'Amount', key: 'amount', width: 12, style: { numFmt: '#,##0.00' } },
    { header: 'Currency', key: 'currency', width: 10 },
    { header: 'Paid on', key: 'paidOn', width: 12, style: date },
  ]
  const day = (text: string) => (text === '' ? null : new Date(`${text}T00:00:00Z`))
  for (const row of await readReceivables()) {
    sheet.addRow({
      number: row.customer_id,
      name: `Customer ${row.customer_id}`,
      reference: row.due_id,
      issuedOn: day(row.issue_date),
      dueDate: day(row.due_date),
      amount: Number(row.amount),
      currency: 'EUR',
      paidOn: day(row.paid_date),
    })
  }
  return Buffer.from(await book.xlsx.writeBuffer())
}

if (import.meta.main) {
  const [path] = process.argv.slice(2)
  if (path === undefined) throw new Error('Say where to write the workbook: receivables-workbook.ts FILE.xlsx')
  await writeFile(path, await makeReceivablesWorkbook())
}

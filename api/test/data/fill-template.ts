import ExcelJS from 'exceljs'

/** The workbook as somebody sends it back: with rows written below those that it came with. */
export async function fillTemplate(template: Uint8Array, rows: readonly (string | number | Date | null)[][]): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(template as unknown as ArrayBuffer)
  book.worksheets[0]?.addRows(rows.map((row) => [...row]))
  return Buffer.from(await book.xlsx.writeBuffer())
}

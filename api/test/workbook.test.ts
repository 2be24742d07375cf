import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import ExcelJS from 'exceljs'
import { headingOf } from 'schema/sheet'
import { describe, expect, test } from 'vitest'
import { noEvidence, plainNumber, readDay, readMoney, serialDay, verdict, weighAmount, weighDate, type Cell } from '../src/imports/cells.ts'
import { checkFile, checkRows, countRows, readWorkbook, writeTemplate, type Answers, type Rules } from '../src/imports/workbook.ts'
import { limits } from '../src/imports/xlsx.ts'
import { makeReceivablesWorkbook } from './data/receivables-workbook.ts'

const rules: Rules = { currency: 'EUR', paymentTermsDays: 30, today: '2026-03-15' }

type Value = ExcelJS.CellValue

/** A workbook of one sheet, as exceljs writes it. */
async function workbookOf(rows: Value[][], shape: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void = () => {}): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Data')
  sheet.addRows(rows)
  shape(sheet, book)
  return Buffer.from(await book.xlsx.writeBuffer())
}

interface Part {
  name: string
  data: string | Buffer
  flags?: number
  declaredSize?: number
  checksum?: number
}

/** A zip archive with its files in the given order, and whatever lies about sizes a test wants; `wide`: with 64-bit records. */
function zipOf(parts: Part[], wide = false): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data, flags = 0, declaredSize, checksum } of parts) {
    const bytes = Buffer.from(data)
    const packed = deflateRawSync(bytes)
    const size = declaredSize ?? bytes.length
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(flags, 2)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(checksum ?? crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    const extra = Buffer.alloc(wide ? 28 : 0)
    if (wide) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      extra.writeBigUInt64LE(BigInt(size), 4)
      extra.writeBigUInt64LE(BigInt(packed.length), 12)
      extra.writeBigUInt64LE(BigInt(offset), 20)
      fields.writeUInt32LE(0xffffffff, 14)
      fields.writeUInt32LE(0xffffffff, 18)
      fields.writeUInt16LE(extra.length, 24)
      rest.writeUInt32LE(0xffffffff, 10)
    }
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, Buffer.from(name), extra]))
    locals.push(local)
    offset += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  if (!wide) return Buffer.concat([...locals, list, end])
  end.fill(0xff, 8, 20)
  const record = Buffer.alloc(56)
  record.write('PK\x06\x06', 'latin1')
  record.writeBigUInt64LE(BigInt(parts.length), 32)
  record.writeBigUInt64LE(BigInt(list.length), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 'latin1')
  locator.writeBigUInt64LE(BigInt(offset + list.length), 8)
  return Buffer.concat([...locals, list, record, locator, end])
}

const relationType = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook in XML of our own, for what exceljs never writes. Its shared strings and styles lie behind the sheet. */
function rawWorkbook(
  sheet: string,
  { strings = '', styles = '', book = '', extra = [] as Part[], sheetPath = 'worksheets/sheet1.xml', wide = false } = {},
): Buffer {
  return zipOf(
    [
      { name: `xl/${sheetPath.replace(/^\/xl\//, '')}`, data: sheet },
      { name: 'xl/sharedStrings.xml', data: `<sst>${strings}</sst>` },
      { name: 'xl/styles.xml', data: `<styleSheet>${styles}</styleSheet>` },
      {
        name: 'xl/_rels/workbook.xml.rels',
        data: `<Relationships><Relationship Id="r1" Type="${relationType}/worksheet" Target="${sheetPath}"/>
        <Relationship Id="r2" Type="${relationType}/sharedStrings" Target="sharedStrings.xml"/>
        <Relationship Id="r3" Type="${relationType}/styles" Target="styles.xml"/></Relationships>`,
      },
      { name: 'xl/workbook.xml', data: `<workbook>${book}<sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>` },
      {
        name: '_rels/.rels',
        data: `<Relationships><Relationship Id="r1" Type="${relationType}/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
      },
      ...extra,
    ],
    wide,
  )
}

const inline = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`
const inlineRow = (...texts: string[]) => `<row>${texts.map(inline).join('')}</row>`
const sheetData = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`

async function check(source: Buffer | string, answers?: Answers, more: Partial<Rules> = {}) {
  const report = await checkFile(typeof source === 'string' ? Buffer.from(source) : source, {
    ...rules,
    ...more,
    ...(answers ? { answers } : {}),
  })
  const { rows = [] } = report
  return { ...report, rows, row: (number: number) => rows.find(({ row }) => row === number)! }
}

const codes = (row: { faults: readonly { column: string | null; code: string }[] }) =>
  row.faults.map(({ column, code }) => `${column} ${code}`)

describe('a file that can’t be imported is refused with what to change', () => {
  test.each<[string, Buffer, string, RegExp]>([
    ['nothing', Buffer.alloc(0), 'EMPTY', /empty/],
    ['blank lines', Buffer.from('\r\n ; ;\r\n'), 'EMPTY', /empty/],
    ['a renamed PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'NOT_A_WORKBOOK', /Upload an \.xlsx or \.csv/],
    ['a renamed PDF', Buffer.from('%PDF-1.7\n1 0 obj'), 'NOT_A_WORKBOOK', /Upload an \.xlsx or \.csv/],
    ['any other binary file', Buffer.from('MZ\0\0\nName;Amount\nA;5\n'), 'NOT_A_WORKBOOK', /Upload an \.xlsx or \.csv/],
    ['a web page named .xls', Buffer.from('<html><table><tr><td>Name</td></tr></table></html>'), 'NOT_A_WORKBOOK', /save it as \.xlsx/],
    ['an old .xls', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), 'OLD_FORMAT', /\.xlsx/],
    [
      'a workbook with a password',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
      'ENCRYPTED',
      /without one/,
    ],
    ['a zip with a password', zipOf([{ name: 'xl/workbook.xml', data: 'x', flags: 1 }]), 'ENCRYPTED', /without one/],
    ['a zip of something else', zipOf([{ name: 'word/document.xml', data: '<w/>' }]), 'NOT_A_WORKBOOK', /not an Excel workbook/],
    ['macros', rawWorkbook(sheetData(''), { extra: [{ name: 'xl/vbaProject.bin', data: 'x' }] }), 'MACROS', /Save it as/],
    [
      'links to other files',
      rawWorkbook(sheetData(''), { extra: [{ name: 'xl/externalLinks/externalLink1.xml', data: '<x/>' }] }),
      'EXTERNAL_LINKS',
      /Break these links/,
    ],
    ['an OpenDocument file', zipOf([{ name: 'content.xml', data: '<x/>' }]), 'OLD_FORMAT', /\.xlsx/],
    ['no cells', rawWorkbook(sheetData('')), 'EMPTY', /empty/],
    ['no header', rawWorkbook(sheetData(inlineRow('7', 'x') + inlineRow('8', 'y'))), 'NO_HEADER', /Name, E-mail, Phone/],
    ['a text without a header', Buffer.from('Dear Sir,\nplease pay.\n'), 'NO_HEADER', /at least “Name” or “Number”/],
    ['a header and nothing below', Buffer.from('Name;Amount\n;\n'), 'NO_ROWS', /at least one row/],
    ['a document type with entities', rawWorkbook(`<!DOCTYPE x [<!ENTITY a "b">]>${sheetData('')}`), 'DAMAGED', /save it again/],
    [
      'a row number that goes backwards',
      rawWorkbook(sheetData('<row r="2"><c><v>1</v></c></row><row r="1"/>')),
      'DAMAGED',
      /save it again/,
    ],
    [
      'a checksum that does not fit',
      rawWorkbook(sheetData(inlineRow('Name')), { extra: [{ name: 'x', data: 'x', checksum: 1 }] }),
      'DAMAGED',
      /save it again/,
    ],
    ['XML that stops', rawWorkbook('<worksheet><sheetData><row><c><v>1</v>'), 'DAMAGED', /save it again/],
    ['a CSV with an open quote', Buffer.from('Name,Amount\n"Miller,5\n'), 'DAMAGED', /Row 2.*quotation mark/],
  ])('%s', async (_, source, code, message) => {
    expect(await checkFile(source, rules)).toEqual({ refused: { code, message: expect.stringMatching(message) } })
  })

  test('a truncated workbook, wherever it was cut', async () => {
    const whole = await workbookOf([['Name'], ['Miller']])
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      expect(await checkFile(whole.subarray(0, whole.length * share), rules)).toEqual({
        refused: { code: 'DAMAGED', message: expect.any(String) },
      })
    }
  })

  test('a workbook with changed bytes is refused or read, and never an internal error', { timeout: 60_000 }, async () => {
    const whole = await workbookOf([['Name'], ['Miller']])
    for (let at = 0; at < whole.length; at += 97) {
      const changed = Buffer.from(whole)
      changed[at]! ^= 0x5a
      expect(await checkFile(changed, rules)).toEqual(expect.anything())
    }
  })

  test('a zip bomb, although its directory declares ten bytes', { timeout: 60_000 }, async () => {
    const bomb = rawWorkbook(sheetData(inlineRow('Name')), {
      extra: [{ name: 'xl/media/image1.png', data: Buffer.alloc(30_000_000), declaredSize: 10 }],
    })
    expect(bomb.length).toBeLessThan(100_000)
    expect(await readWorkbook(bomb, {}, { ...limits, unpackedBytes: 20_000_000 })).toEqual({
      refused: {
        code: 'TOO_LARGE',
        message: 'Unpacked, the file is larger than 20 MB. Split it into several files, or save the sheet alone as CSV.',
      },
    })
    expect(await readWorkbook(bomb)).toMatchObject({ refused: { code: 'NO_ROWS' } })
  })

  test('too many rows, columns, shared texts, files in the archive, or a cell without end', { timeout: 60_000 }, async () => {
    const rows = sheetData(inlineRow('Name') + inlineRow('a') + inlineRow('b'))
    const refusal = async (source: Buffer, bounds: Partial<typeof limits>) => {
      const result = await readWorkbook(source, {}, { ...limits, ...bounds })
      return 'refused' in result ? result.refused.code : 'read'
    }
    expect(await refusal(rawWorkbook(rows), { rows: 2 })).toBe('TOO_MANY_ROWS')
    expect(await refusal(Buffer.from('Name\na\nb\n'), { rows: 2 })).toBe('TOO_MANY_ROWS')
    expect(await refusal(rawWorkbook(sheetData(inlineRow('Name', 'Amount', 'Note'))), { columns: 2 })).toBe('TOO_MANY_COLUMNS')
    expect(await refusal(Buffer.from('Name,Amount,Note\na,1,b\n'), { columns: 2 })).toBe('TOO_MANY_COLUMNS')
    expect(await refusal(rawWorkbook(rows, { strings: '<si><t>12345678</t></si>' }), { sharedTextCharacters: 7 })).toBe('TOO_LARGE')
    expect(await refusal(rawWorkbook(rows), { entries: 5 })).toBe('TOO_LARGE')
    expect(await refusal(rawWorkbook(sheetData(inlineRow('Name', 'x'.repeat(2_000_000)))), {})).toBe('TOO_LARGE')
    expect(await refusal(rawWorkbook(rows), {})).toBe('read')
  })
})

describe('the header', () => {
  test.each([
    ['customer_id', 'number'],
    ['Kundennr.', 'number'],
    ['N° client', 'number'],
    ['Código de cliente', 'number'],
    ['Codice cliente', 'number'],
    ['Klantnummer', 'number'],
    ['Número do cliente', 'number'],
    ['CustomerName', 'name'],
    ['Kunde', 'name'],
    ['Raison sociale', 'name'],
    ['E-MAIL', 'email'],
    ['Téléphone', 'phone'],
    ['Invoice ID', 'reference'],
    ['due_id', 'reference'],
    ['Rechnung', 'reference'],
    ['Nº de factura', 'reference'],
    ['Betrag', 'amount'],
    ['Betrag in EUR', 'amount'],
    ['Amount (USD)', 'amount'],
    ['Währung', 'currency'],
    ['WAEHRUNG', 'currency'],
    ['invoice_date', 'issuedOn'],
    ['Fällig am', 'dueDate'],
    ['FAELLIG_AM', 'dueDate'],
    ['Date d’échéance', 'dueDate'],
    ["Date d'échéance", 'dueDate'],
    ['Vervaldatum', 'dueDate'],
    ['paid_date', 'paidOn'],
    ['Bezahlt am', 'paidOn'],
    ['first_name', 'firstName'],
    ['Outstanding', 'outstanding'],
    ['Status', 'status'],
    ['Country', undefined],
    ['ID', undefined],
    ['constructor', undefined],
  ])('%s means %s', (header, heading) => {
    expect(headingOf(header)?.heading).toBe(heading)
  })

  test('stands on any sheet and not on row 1, its columns in any order; unknown ones are named and left alone', async () => {
    const source = await workbookOf([['Our customers']], (first, book) => {
      first.addRow(['as of March'])
      const sheet = book.addWorksheet('Open items')
      sheet.addRows([['Report'], [], ['Land', 'Fällig am', 'Kunde', 'Betrag', 'Status'], ['DE', '2026-05-01', 'Miller', 12.5, 'overdue']])
    })
    const { sheet, headerRow, columns, rows } = await check(source)
    expect({ sheet, headerRow }).toEqual({ sheet: 'Open items', headerRow: 3 })
    expect(columns?.map(({ index, header, column }) => [index, header, column])).toEqual([
      [1, 'Land', null],
      [2, 'Fällig am', 'dueDate'],
      [3, 'Kunde', 'name'],
      [4, 'Betrag', 'amount'],
      [5, 'Status', null],
    ])
    expect(rows).toMatchObject([{ row: 4, status: 'new', values: { name: 'Miller', amount: '12.50', dueDate: '2026-05-01' } }])
  })

  test('a hidden sheet is not searched, and a sheet can be chosen', async () => {
    const source = await workbookOf([['Name'], ['visible']], (_, book) => {
      book.addWorksheet('Hidden', { state: 'hidden' }).addRows([
        ['Name', 'Number', 'Amount'],
        ['hidden', '1', 5],
      ])
      book.addWorksheet('Other').addRows([['Name'], ['other']])
    })
    expect((await check(source)).rows.map(({ values }) => values.name)).toEqual(['visible'])
    expect((await check(source, { sheet: 'Other' })).rows.map(({ values }) => values.name)).toEqual(['other'])
    expect((await check(source, { sheet: 'Hidden' })).refused?.code).toBe('NO_SUCH_SHEET')
  })

  test('of two headers for one column the surer one wins; an answer overrules both', async () => {
    const source = 'Customer;Customer name;Memo\nC-1;Miller;M-7\n'
    expect((await check(source)).row(2).values).toMatchObject({ name: 'Miller', note: 'M-7' })
    expect((await check(source, { columns: { Customer: 'number', Memo: null } })).row(2).values).toEqual({
      number: 'C-1',
      name: 'Miller',
      currency: 'EUR',
    })
  })

  test('a header named like something of JavaScript is an unknown header', async () => {
    const { columns } = await check('Name;constructor;__proto__\nMiller;1;2\n', { columns: {} })
    expect(columns?.map(({ column }) => column)).toEqual(['name', null, null])
  })

  test('first and last name become the name, also where one of the two is just called name', async () => {
    const name = async (text: string) => (await check(text)).row(2).values.name
    expect(await name('first_name,last_name\n  Zoé , Vincent \n')).toBe('Zoé Vincent')
    expect(await name('Name;Vorname\nMüller;Eva\n')).toBe('Eva Müller')
    expect(await name('Nombre;Apellidos\nAna;García López\n')).toBe('Ana García López')
    expect(await name('Name;First name\nJohn Smith;John\n')).toBe('John Smith')
    expect(await name('Customer;First name;Last name\nSmith Ltd;John;Smith\n')).toBe('Smith Ltd')
  })

  test('a currency in the header is that of the amounts', async () => {
    expect((await check('Name;Amount (USD)\nMiller;5\n')).row(2).values.currency).toBe('USD')
    expect((await check('Name;Betrag €\nMiller;5\n', undefined, { currency: 'CHF' })).row(2).values.currency).toBe('EUR')
  })
})

describe('.xlsx of any writer', () => {
  test('rich text, hyperlinks, formulas with a result, errors, booleans and numbers as text are read as Excel shows them', async () => {
    const source = await workbookOf([
      ['Number', 'Name', 'E-mail', 'Amount', 'Note'],
      [
        '1',
        { richText: [{ text: 'Miller ' }, { font: { bold: true }, text: '& Sons' }] },
        { text: 'a@b.example', hyperlink: 'mailto:a@b.example' },
        { formula: '2*3', result: 6 },
        true,
      ],
      [42, { formula: '"A"&"B"', result: 'AB' }, null, '7.25', { formula: 'A1' }],
      ['3', { error: '#N/A' }, null, { error: '#DIV/0!' }, null],
      ['4', 'Zero', null, { formula: '1-1', result: 0 }, null],
    ])
    const { row } = await check(source)
    expect(row(2).values).toMatchObject({ name: 'Miller & Sons', email: 'a@b.example', amount: '6.00', note: 'TRUE' })
    expect(row(3).values).toMatchObject({ number: '42', name: 'AB', amount: '7.25' })
    expect(codes(row(3))).toEqual(['note NO_RESULT'])
    expect(codes(row(4))).toEqual(['name ERROR_CELL', 'amount ERROR_CELL'])
    expect(row(5)).toMatchObject({ status: 'new', values: { amount: '0.00' } })
  })

  test('a formula whose result is an error or an empty text', async () => {
    const cells = `<row>${inline('A')}<c t="e"><f>1/0</f><v>#DIV/0!</v></c></row><row>${inline('B')}<c t="str"><f>""</f><v></v></c></row><row>${inline('C')}<c><f>X()</f></c></row>`
    const { row } = await check(rawWorkbook(sheetData(inlineRow('Name', 'Amount') + cells)))
    expect(codes(row(2))).toEqual(['amount ERROR_CELL'])
    expect(row(3)).toMatchObject({ status: 'new', values: { name: 'B' } })
    expect(row(3).values.amount).toBeUndefined()
    expect(codes(row(4))).toEqual(['amount NO_RESULT'])
  })

  test('shared strings and styles may lie behind the sheet, tags have a prefix, paths be absolute, and a phonetic guide is no text', async () => {
    const header = '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="C1" t="s"><x:v>1</x:v></x:c></x:row>'
    const data = '<x:row r="7"><x:c r="A7" t="s"><x:v>2</x:v></x:c><x:c r="C7" s="1"><x:v>46023</x:v></x:c></x:row>'
    const source = rawWorkbook(`<?xml version="1.0"?><!-- > --><x:worksheet><x:sheetData>${header}${data}</x:sheetData></x:worksheet>`, {
      sheetPath: '/xl/worksheets/tabelle.xml',
      strings:
        '<si><t>Name</t></si><si><r><t>Due </t></r><r><t>date</t></r></si><si><t>東京 &amp; Co_x005F_</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>',
      styles:
        '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy;@"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>',
    })
    expect((await check(source)).rows).toMatchObject([{ row: 7, values: { name: '東京 & Co_', dueDate: '2026-01-01' } }])
  })

  test('cells and rows without a reference follow the one before, and an ISO date cell is that day', async () => {
    const source = rawWorkbook(
      sheetData(`${inlineRow('Name', 'Due date')}<row>${inline('Miller')}<c t="d"><v>2026-02-03T00:00:00</v></c></row>`),
    )
    expect((await check(source)).rows).toMatchObject([{ row: 2, values: { name: 'Miller', dueDate: '2026-02-03' } }])
  })

  test('an archive with 64-bit records, as streaming writers make them', async () => {
    const source = rawWorkbook(sheetData(inlineRow('Name') + inlineRow('Miller')), { wide: true })
    expect((await check(source)).rows).toMatchObject([{ row: 2, values: { name: 'Miller' } }])
  })

  test('trailing empty rows to the last one of Excel are no rows', async () => {
    const empty = '<row r="3" s="1"><c r="A3" s="1"/></row><row r="1048576"><c r="B1048576" t="s"><v>0</v></c></row>'
    const source = rawWorkbook(sheetData(inlineRow('Name') + inlineRow('Miller') + empty), { strings: '<si><t></t></si>' })
    expect((await check(source)).counts).toMatchObject({ rows: 1, new: 1 })
  })

  test('days count from 1900 or from 1904, whether their cells are formatted as days or not', async () => {
    const serials = `<row>${inline('A')}<c s="1"><v>44561.75</v></c><c><v>44561</v></c></row>`
    const styles = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'
    const sheet = sheetData(inlineRow('Name', 'Due date', 'Issued on') + serials)
    expect((await check(rawWorkbook(sheet, { styles }))).row(2).values).toMatchObject({ dueDate: '2021-12-31', issuedOn: '2021-12-31' })
    const since1904 = rawWorkbook(sheet, { styles, book: '<workbookPr date1904="1"/>' })
    expect((await check(since1904)).row(2).values).toMatchObject({ dueDate: '2026-01-01', issuedOn: '2026-01-01' })
    const byExceljs = await workbookOf(
      [
        ['Name', 'Due date'],
        ['A', new Date('2026-01-01T00:00:00Z')],
      ],
      (_, book) => (book.properties.date1904 = true),
    )
    expect((await check(byExceljs)).row(2).values.dueDate).toBe('2026-01-01')
  })

  test('zeros that only the number format shows belong to a customer number', async () => {
    const source = await workbookOf(
      [
        ['Number', 'Name'],
        [42, 'Miller'],
      ],
      (sheet) => (sheet.getCell('A2').numFmt = '00000'),
    )
    expect((await check(source)).row(2).values.number).toBe('00042')
  })

  test('a file on disk is read like bytes in memory, and left closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'workbook-'))
    try {
      const bytes = await workbookOf([
        ['Name', 'Amount'],
        ['Miller', 5],
      ])
      await writeFile(join(folder, 'a'), bytes)
      await writeFile(join(folder, 'b'), 'Name;Amount\nMiller;5\n')
      expect(await checkFile(join(folder, 'a'), rules)).toEqual(await checkFile(bytes, rules))
      expect((await checkFile(join(folder, 'b'), rules)).rows).toEqual((await checkFile(bytes, rules)).rows)
    } finally {
      await rm(folder, { recursive: true })
    }
    await expect(checkFile(join(folder, 'gone'), rules)).rejects.toThrow('ENOENT')
  })
})

describe('.csv', () => {
  const text = 'Kundennr.;Kunde;Betrag;Fällig am\r\n007;"Köhler; Söhne";1.234,50;31.01.2026\r\n'

  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['Windows-1252', Buffer.from(text, 'latin1')],
  ])('in %s', async (_, source) => {
    expect((await check(source)).row(2)).toMatchObject({
      status: 'new',
      values: { number: '007', name: 'Köhler; Söhne', amount: '1234.50', dueDate: '2026-01-31' },
    })
  })

  test('the € and the dash of Windows-1252 are not those of Latin-1', async () => {
    expect((await check(Buffer.from('Name;Note\nM\xfcller;5 \x80 \x96 ok\n', 'latin1'))).row(2).values).toMatchObject({
      name: 'Müller',
      note: '5 € – ok',
    })
  })

  test.each([';', ',', '\t', '|'])('separated by %j', async (separator) => {
    const line = (...cells: string[]) => cells.map((cell) => (cell.includes(separator) ? `"${cell}"` : cell)).join(separator)
    const { row } = await check([line('Name', 'Amount', 'Note'), line('Miller, Son | Co', '12.50', 'a;b')].join('\n'))
    expect(row(2).values).toMatchObject({ name: 'Miller, Son | Co', amount: '12.50', note: 'a;b' })
  })

  test('Excel’s hint about the separator is no row, line breaks in a cell stay, blank lines count as rows', async () => {
    const { rows } = await check('sep=,\r\nName,Address\r\n\r\nMiller,"High Street 1\r\nLondon"\r\n,\r\n')
    expect(rows).toMatchObject([{ row: 3, values: { name: 'Miller', address: 'High Street 1\nLondon' } }])
  })

  test('a character that falls on the border of two blocks stays whole', { timeout: 60_000 }, async () => {
    const rows = Array.from({ length: 9000 }, (_, index) => `C${index},Ünal Öztürk\n`).join('')
    const { rows: checked } = await check(`Number,Name\n${rows}`)
    expect(checked).toHaveLength(9000)
    expect(checked.every(({ values }) => values.name === 'Ünal Öztürk')).toBe(true)
  })
})

describe('dates', () => {
  test.each<[Cell, string | undefined]>([
    ['2026-03-31', '2026-03-31'],
    ['2025-07-26T12:42:03.292Z', '2025-07-26'],
    ['2026-03-31 23:59:59', '2026-03-31'],
    ['2026/3/1', '2026-03-01'],
    ['20260331', '2026-03-31'],
    [20260331, '2026-03-31'],
    ['31.03.2026', '2026-03-31'],
    ['1.3.26', '2026-03-01'],
    ['31.12.85', '1985-12-31'],
    ['31/03/2026', '2026-03-31'],
    ['03/31/2026', '2026-03-31'],
    ['31-03-2026 12:00 PM', '2026-03-31'],
    ['31. März 2026', '2026-03-31'],
    ['31 Mar 2026', '2026-03-31'],
    ['March 31st, 2026', '2026-03-31'],
    ['31 de marzo de 2026', '2026-03-31'],
    ['1er août 2026', '2026-08-01'],
    ['31-mrt-2026', '2026-03-31'],
    ['2026\u00a0-03', undefined],
    ['30.02.2026', undefined],
    ['30/02/2026', undefined],
    ['02/30/2026', undefined],
    ['2026-02-30', undefined],
    ['2026-99-01', undefined],
    ['29.02.2025', undefined],
    ['01.31.2026', undefined],
    ['not-a-date', undefined],
    ['12:30', undefined],
    ['1e5', undefined],
    [42, undefined],
    [true, undefined],
    [{ serial: 60, date1904: false }, undefined],
    [{ serial: 0.5, date1904: false }, undefined],
  ])('%j is %s', (cell, day) => {
    const reading = readDay(cell, undefined, false)
    expect('value' in reading ? reading.value : reading.fault.code).toBe(day ?? 'NOT_A_DATE')
  })

  test('serial numbers around the 29th of February 1900, which Excel invented', () => {
    expect([1, 59, 60, 61, 46_023].map((serial) => serialDay(serial, false))).toEqual([
      '1900-01-01',
      '1900-02-28',
      undefined,
      '1900-03-01',
      '2026-01-01',
    ])
  })

  test('the order of day and month is decided by the whole column, never by the row', async () => {
    const days = async (texts: string[], answers?: Answers) => {
      const report = await check(`Name;Due date\n${texts.map((text, index) => `C${index};${text}\n`).join('')}`, answers)
      return {
        asks: report.asks?.map(({ about, column }) => `${about} ${column}`),
        days: report.rows.map(({ status, values }) => values.dueDate ?? status),
      }
    }
    expect(await days(['03/04/2026', '31/03/2026'])).toEqual({ asks: undefined, days: ['2026-04-03', '2026-03-31'] })
    expect(await days(['03/04/2026', '03/31/2026'])).toEqual({ asks: undefined, days: ['2026-03-04', '2026-03-31'] })
    expect(await days(['03/04/2026', '05/05/2026'])).toEqual({ asks: ['dateOrder dueDate'], days: ['asked', '2026-05-05'] })
    expect(await days(['03/04/2026', '31/03/2026', '03/31/2026'])).toEqual({
      asks: ['dateOrder dueDate'],
      days: ['asked', '2026-03-31', '2026-03-31'],
    })
    expect(await days(['03/04/2026', '31/03/2026'], { dateOrder: { dueDate: 'MDY' } })).toEqual({
      asks: undefined,
      days: ['2026-03-04', 'wrong'],
    })
    expect(await days(['03/04/2026'], { dateOrder: { dueDate: 'DMY' } })).toEqual({ asks: undefined, days: ['2026-04-03'] })
  })

  test('the evidence looks at every row before the first is read', () => {
    const evidence = noEvidence<'DMY' | 'MDY'>()
    for (const text of ['01/02/2026', '01.02.2026', '2026-13-01', '13/01/2026 10:00']) weighDate(text, evidence)
    expect([verdict(evidence), evidence.ambiguous, evidence.example]).toEqual(['DMY', 1, '01/02/2026'])
  })
})

describe('amounts', () => {
  test.each<[Cell, string, bigint | string]>([
    [2184.2800000000002, 'EUR', 218_428n],
    [0.1 + 0.2, 'EUR', 30n],
    [1e12, 'EUR', 100_000_000_000_000n],
    [12.345, 'EUR', 'TOO_MANY_DECIMALS'],
    [12.345, 'KWD', 12_345n],
    [12.5, 'JPY', 'TOO_MANY_DECIMALS'],
    [-5, 'EUR', 'NEGATIVE'],
    [1e14, 'EUR', 'TOO_LARGE'],
    ['1,98', 'EUR', 198n],
    ['12.5', 'EUR', 1250n],
    ['0012,50', 'EUR', 1250n],
    ['1.234,50', 'EUR', 123_450n],
    ['1,234.50', 'EUR', 123_450n],
    ['1.234.567', 'EUR', 123_456_700n],
    ['12,34,567.00', 'INR', 'NOT_A_NUMBER'],
    ['1 234,50 €', 'EUR', 123_450n],
    ['1\u202f234,50\u00a0€', 'EUR', 123_450n],
    ["CHF 1'234.50", 'CHF', 123_450n],
    ['$1,234.50', 'USD', 123_450n],
    ['$5.00', 'EUR', 'CURRENCY'],
    ['USD 5.00', 'EUR', 'CURRENCY'],
    ['kr. 500', 'SEK', 50_000n],
    ['500 kr.', 'DKK', 50_000n],
    ['1.250,-', 'EUR', 125_000n],
    ['1.000', 'EUR', 'DECIMAL_SEPARATOR'],
    ['1,000', 'KWD', 'DECIMAL_SEPARATOR'],
    ['0,500', 'EUR', 'TOO_MANY_DECIMALS'],
    ['0.001', 'EUR', 'TOO_MANY_DECIMALS'],
    ['-5', 'EUR', 'NEGATIVE'],
    ['5-', 'EUR', 'NEGATIVE'],
    ['−5', 'EUR', 'NEGATIVE'],
    ['(5.00)', 'EUR', 'NEGATIVE'],
    ['-€5', 'EUR', 'NEGATIVE'],
    ['€ -5', 'EUR', 'NEGATIVE'],
    ['EUR -5', 'EUR', 'NEGATIVE'],
    ['1e3', 'EUR', 'NOT_A_NUMBER'],
    ['1E3', 'EUR', 'NOT_A_NUMBER'],
    ['NaN', 'EUR', 'NOT_A_NUMBER'],
    ['Infinity', 'EUR', 'NOT_A_NUMBER'],
    ['1.2.3', 'EUR', 'NOT_A_NUMBER'],
    ['1,2,3.4', 'EUR', 'NOT_A_NUMBER'],
    ['12 Stück', 'EUR', 'NOT_A_NUMBER'],
    ['9'.repeat(40), 'EUR', 'TOO_LARGE'],
    [true, 'EUR', 'NOT_A_NUMBER'],
    [{ serial: 46_023, date1904: false }, 'EUR', 'NOT_A_NUMBER'],
    [{ unfinished: true }, 'EUR', 'NO_RESULT'],
  ])('%j in %s is %s', (cell, currency, expected) => {
    const reading = readMoney(cell, currency, undefined, false)
    expect('value' in reading ? reading.value : reading.fault.code).toBe(expected)
  })

  test('the decimal separator is decided by the whole column, else asked once', async () => {
    const amounts = async (texts: string[], answers?: Answers) => {
      const report = await check(`Name;Amount\n${texts.map((text, index) => `C${index};${text}\n`).join('')}`, answers)
      return { asks: report.asks?.map(({ about }) => about), amounts: report.rows.map(({ status, values }) => values.amount ?? status) }
    }
    expect(await amounts(['1.234', '1,98'])).toEqual({ asks: undefined, amounts: ['1234.00', '1.98'] })
    expect(await amounts(['1,234', '1.98'])).toEqual({ asks: undefined, amounts: ['1234.00', '1.98'] })
    expect(await amounts(['1.234', '1.98'])).toEqual({ asks: undefined, amounts: ['wrong', '1.98'] })
    expect(await amounts(['1.234', '5'])).toEqual({ asks: ['decimalSeparator'], amounts: ['asked', '5.00'] })
    expect(await amounts(['1.234', '1,98', '1.98'])).toEqual({ asks: ['decimalSeparator'], amounts: ['asked', '1.98', '1.98'] })
    expect(await amounts(['1.234', '1.98'], { decimalSeparator: { amount: ',' } })).toEqual({
      asks: undefined,
      amounts: ['1234.00', 'wrong'],
    })
  })

  test('the evidence takes no side where a text reads in both ways', () => {
    const evidence = noEvidence<',' | '.'>()
    for (const text of ['1.234', '17', 'x', '']) weighAmount(text, evidence)
    expect([verdict(evidence), evidence.ambiguous]).toEqual([undefined, 1])
    weighAmount('1.234,50', evidence)
    expect(verdict(evidence)).toBe(',')
  })

  test.each<[number, string]>([
    [0, '0'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [123456789012345680, '123456789012346000'],
    [-2.5, '-2.5'],
    [4_930_123_456, '4930123456'],
  ])('the number %d is written %s', (number, text) => {
    expect(plainNumber(number)).toBe(text)
  })
})

describe('rows', () => {
  const wrong = async (row: Partial<Record<string, string>>) => {
    const headers = Object.keys(row)
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
    const report = await check(`${headers.join(',')}\n${headers.map((header) => quote(row[header]!)).join(',')}\n`)
    return codes(report.row(2))
  }

  test.each<[Record<string, string>, string[]]>([
    [{ Name: 'x'.repeat(200), Number: '1' }, []],
    [{ Name: '😀'.repeat(200), Number: '1' }, []],
    [{ Name: 'مؤسسة النور', Number: '1' }, []],
    [{ Name: 'x'.repeat(201), Number: '1' }, ['name INVALID']],
    [{ Name: 'x'.repeat(10_000), Number: '1' }, ['name INVALID']],
    [{ Name: 'a\u0007b', Number: '1' }, ['name INVALID']],
    [{ Name: 'a\u202eb', Number: '1' }, ['name INVALID']],
    [{ Name: '', Email: 'a@b.example' }, ['name MISSING']],
    [{ Name: '', Number: '1' }, []],
    [{ Name: 'A', Number: 'x'.repeat(41) }, ['number INVALID']],
    [{ Name: 'A', Number: 'C#1' }, ['number INVALID']],
    [{ Name: 'A', Reference: 'x'.repeat(61) }, ['reference INVALID']],
    [{ Name: 'A', Note: 'x'.repeat(2001) }, ['note INVALID']],
    [{ Name: 'A', Email: 'missing@' }, ['email INVALID']],
    [{ Name: 'A', Email: 'double@@example.com' }, ['email INVALID']],
    [{ Name: 'A', Phone: 'see note' }, ['phone INVALID']],
    [{ Name: 'A', Phone: '0711 2842222' }, []],
    [{ Name: 'A', Currency: 'XYZ' }, ['currency INVALID']],
    [{ Name: 'A', Currency: 'XYZ', Amount: '5' }, ['currency INVALID']],
    [{ Name: 'A', Currency: 'usd' }, []],
    [{ Name: 'A', 'Paid on': '2026-03-15' }, []],
    [{ Name: 'A', 'Paid on': '2026-03-16' }, ['paidOn FUTURE']],
    [{ Name: '', Number: '', Amount: '1e3', 'Due date': '30.02.2026' }, ['name MISSING', 'amount NOT_A_NUMBER', 'dueDate NOT_A_DATE']],
  ])('%j has the faults %j', async (row, faults) => {
    expect(await wrong(row)).toEqual(faults)
  })

  test('text is trimmed, its spaces are one, and no-break spaces are spaces', async () => {
    const { row } = await check('Name;Note\n\u00a0 Miller\u00a0 &  Sons ;\n')
    expect(row(2).values).toEqual({ name: 'Miller & Sons', currency: 'EUR' })
  })

  test('without a due date it is the day of the invoice plus the terms, else today plus the terms, and is said to be filled in', async () => {
    const { row } = await check(
      'Name;Amount;Issued on;Due date\nA;5;2026-01-31;\nB;5;;\nC;;2026-01-31;\nD;0;2026-01-31;\nE;5;2026-01-31;2026-02-01\n',
    )
    expect([2, 3, 4, 5, 6].map((number) => row(number).values.dueDate)).toEqual([
      '2026-03-02',
      '2026-04-14',
      undefined,
      undefined,
      '2026-02-01',
    ])
    expect(row(2).filled).toEqual(['currency', 'dueDate'])
    expect(row(5)).toMatchObject({ status: 'new', values: { amount: '0.00' } })
  })

  test('a wrong day of the invoice makes no due date', async () => {
    const { row } = await check('Name;Amount;Issued on\nA;5;31.02.2026\n')
    expect(row(2)).toMatchObject({ status: 'wrong', faults: [{ column: 'issuedOn' }] })
    expect(row(2).values.dueDate).toBeUndefined()
  })

  test('the currency is the cell’s, else the amount’s, else the customer’s, else the company’s', async () => {
    const { row } = await check('Number;Name;Amount;Currency\n1;A;5;usd\n1;A;6;\n2;B;GBP 5;\n3;C;1250;\n4;D;5;\n', undefined, {
      currencyOf: ({ number }) => (number === '3' ? 'JPY' : undefined),
    })
    expect([2, 3, 4, 5, 6].map((number) => `${row(number).values.amount} ${row(number).values.currency}`)).toEqual([
      '5.00 USD',
      '6.00 USD',
      '5.00 GBP',
      '1250 JPY',
      '5.00 EUR',
    ])
  })

  test('another currency than an earlier row of the same customer is a wrong cell', async () => {
    const { row } = await check('Number;Name;Amount;Currency\nC1;A;5;EUR\nc1;A;6;USD\n')
    expect(codes(row(3))).toEqual(['currency CONTRADICTS'])
  })

  test('several rows of one customer are one customer, and the later row may add but not contradict', async () => {
    const { row } = await check('Number;Name;E-mail;Phone\nC1;Miller;a@b.example;\nc1;miller;;0711 123456\nC1;Smith;;\nC2;Smith;;\n')
    expect([2, 3, 5].map((number) => row(number).status)).toEqual(['new', 'new', 'new'])
    expect(row(3).customer).toBe(row(2).customer)
    expect(codes(row(4))).toEqual(['name CONTRADICTS'])
    expect(row(4).faults[0]?.message).toBe('Row 2 says “Miller” about the same customer.')
  })

  test('a wrong row binds nobody', async () => {
    const { row } = await check('Number;Name;Amount\nC1;Millr;x\nC1;Miller;5\n')
    expect([row(2).status, row(3).status]).toEqual(['wrong', 'new'])
  })

  test('without a number, the same name with another e-mail is another customer', async () => {
    const { row } = await check('Name;E-mail;Amount;Due date\nMiller;a@b.example;5;2026-05-01\nMiller;c@b.example;5;2026-05-01\n')
    expect([row(2).status, row(3).status]).toEqual(['new', 'new'])
  })

  test('the same row twice is a duplicate of the first, with or without a reference', async () => {
    const header = 'Number;Name;Reference;Amount;Due date\n'
    const { row, counts } = await check(
      `${header}C1;A;R1;5;2026-05-01\nC1;A;r1;5.00;2026-05-01\nC1;A;;5;2026-05-01\nC1;A;;6;2026-05-01\nC1;A;;6;2026-05-01\nC1;A;R2;5;2026-05-01\nC2;B;R1;5;2026-05-01\nC3;C;;;\nC3;C;;;\n`,
    )
    expect([2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => row(number).duplicateOf ?? row(number).status)).toEqual([
      'new',
      2,
      2,
      'new',
      5,
      'new',
      'new',
      'new',
      9,
    ])
    expect(counts).toMatchObject({ rows: 9, new: 5, duplicate: 4 })
  })

  test('the same reference with another amount or day is a fault of the later row', async () => {
    const { row } = await check('Number;Name;Reference;Amount;Due date\nC1;A;R1;5;2026-05-01\nC1;A;R1;6;2026-06-01\n')
    expect(codes(row(3))).toEqual(['amount CONTRADICTS', 'dueDate CONTRADICTS'])
  })

  test('a row that adds up others is no customer', async () => {
    const { row, counts } = await check('Number;Name;Amount\n1;Total Energies;5\n;Total;5\nSumme:;;5\n2;Total;5\n')
    expect([2, 3, 4, 5].map((number) => row(number).status)).toEqual(['new', 'skipped', 'skipped', 'new'])
    expect(counts).toMatchObject({ rows: 4, new: 2, skipped: 2 })
  })

  test('rows come one by one, twice if wanted, and the counts add up', async () => {
    const workbook = await readWorkbook(Buffer.from('Name;Amount\nA;5\nB;x\nA;5\n'))
    if ('refused' in workbook) throw new Error(workbook.refused.message)
    for (let pass = 0; pass < 2; pass++) {
      const statuses = []
      for await (const { status } of checkRows(workbook, rules)) statuses.push({ status })
      expect(countRows(statuses)).toEqual({ rows: 3, new: 1, changed: 0, same: 0, wrong: 1, duplicate: 1, asked: 0, skipped: 0 })
    }
    // Who stops after one row must not hang or leak.
    for await (const row of checkRows(workbook, rules)) {
      expect(row.row).toBe(2)
      break
    }
  })
})

describe('the template', () => {
  test.each([
    ['EUR', 'de-DE'],
    ['JPY', 'ja-JP'],
    ['KWD', 'ar-KW'],
    ['USD', 'en-US'],
  ])('in %s for %s is read back without a fault, its examples ignored', async (currency, locale) => {
    const report = await check(await writeTemplate({ currency, locale }), undefined, { currency })
    expect(report).toMatchObject({ sheet: 'Customers', headerRow: 1, counts: { rows: 2, skipped: 2 } })
    expect(report.columns?.map(({ column }) => column)).toEqual(
      'number name email phone address reference amount currency issuedOn dueDate paidOn note'.split(' '),
    )
  })

  /** The template after somebody has worked on it in a spreadsheet program. */
  async function edited(work: (sheet: ExcelJS.Worksheet) => void): Promise<Buffer> {
    const book = new ExcelJS.Workbook()
    await book.xlsx.load((await writeTemplate({ currency: 'EUR', locale: 'de-DE' })) as unknown as ArrayBuffer)
    work(book.getWorksheet('Customers')!)
    return Buffer.from(await book.xlsx.writeBuffer())
  }

  test('what is entered below the examples is imported', async () => {
    const source = await edited((sheet) => {
      sheet.getCell('B4').value = 'Miller'
      sheet.getCell('D4').value = '0711 2842222'
      sheet.getCell('G4').value = 99.95
      sheet.getCell('J4').value = new Date('2026-05-01T00:00:00Z')
    })
    const { counts, row } = await check(source)
    expect(counts).toMatchObject({ rows: 3, skipped: 2, new: 1 })
    expect(row(4).values).toEqual({ name: 'Miller', phone: '0711 2842222', amount: '99.95', currency: 'EUR', dueDate: '2026-05-01' })
  })

  test('an example that somebody typed over is a row like any other, and an example elsewhere too', async () => {
    const typedOver = await check(await edited((sheet) => (sheet.getCell('B2').value = 'Miller Ltd')))
    expect([typedOver.row(2).status, typedOver.row(3).status]).toEqual(['new', 'skipped'])
    const copied = await check(await edited((sheet) => (sheet.getRow(5).values = sheet.getRow(2).values)))
    expect(copied.row(5)).toMatchObject({ status: 'new', values: { name: 'Miller & Sons', amount: '1250.00' } })
  })

  test('has a frozen header with comments, a list of currencies, and formats for money and days', async () => {
    const book = new ExcelJS.Workbook()
    await book.xlsx.load((await writeTemplate({ currency: 'KWD', locale: 'de-DE' })) as unknown as ArrayBuffer)
    const sheet = book.getWorksheet('Customers')!
    expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 })
    expect(sheet.getCell('G1').note).toBeTruthy()
    expect(sheet.getCell('G2').numFmt).toBe('#,##0.000')
    expect(sheet.getCell('J2').numFmt).toBe('dd.mm.yyyy')
    expect(sheet.getCell('A2').numFmt).toBe('@')
    expect(sheet.getCell('H2').dataValidation).toMatchObject({ type: 'list' })
    expect(book.getWorksheet('Instructions')).toBeDefined()
  })
})

describe('files as they come', () => {
  test('the receivables: every row is new, 64 are not paid, of 80 customers', { timeout: 60_000 }, async () => {
    const { counts, rows, asks } = await check(await makeReceivablesWorkbook())
    expect(asks).toBeUndefined()
    expect(counts).toEqual({ rows: 1541, new: 1541, changed: 0, same: 0, wrong: 0, duplicate: 0, asked: 0, skipped: 0 })
    expect(rows.filter(({ values }) => values.paidOn === undefined)).toHaveLength(64)
    expect(new Set(rows.map(({ customer }) => customer)).size).toBe(80)
    expect(rows[0]).toEqual({
      row: 2,
      status: 'new',
      values: {
        number: 'C080',
        name: 'Customer C080',
        reference: 'D0001',
        amount: '50.39',
        currency: 'EUR',
        issuedOn: '2012-01-03',
        dueDate: '2012-02-02',
        paidOn: '2012-01-23',
      },
      faults: [],
      filled: [],
      customer: rows[0]!.customer,
    })
  })

  test('an accountant’s list with ISO instants as text gets its due dates from the terms', async () => {
    const source = await workbookOf([
      ['InvoiceID', 'CustomerName', 'InvoiceDate', 'Amount'],
      [1, 'Customer 1', '2025-07-26T12:42:03.292Z', 2086.42],
      [4, 'Customer 4', '2025-06-22T12:42:03.292Z', 2184.2800000000002],
    ])
    const { counts, row } = await check(source)
    expect(counts).toMatchObject({ rows: 2, new: 2 })
    expect(row(3).values).toEqual({
      name: 'Customer 4',
      reference: '4',
      amount: '2184.28',
      currency: 'EUR',
      issuedOn: '2025-06-22',
      dueDate: '2025-07-22',
    })
  })

  test('customer master data: names joined, no dues, repeated customers are duplicates', async () => {
    const source = await workbookOf([
      ['customer_id', 'first_name', 'last_name', 'email', 'country', 'created_at'],
      ['CUST-1', '  Antoine  ', ' Bernard ', '  antoine@example.com  ', '  France  ', 'not-a-date'],
      [null, 'Alexis', 'Richard', 'alexis@example.com', 'France', '2026/99/01'],
      ['CUST-1', 'Antoine', 'Bernard', 'antoine@example.com', 'FRA', '2025-01-14'],
      ['CUST-2', 'Anna', 'Bertrand', 'missing@', null, '2025-01-14'],
    ])
    const { row, rows } = await check(source)
    expect(rows.map(({ status }) => status)).toEqual(['new', 'new', 'duplicate', 'wrong'])
    expect(row(2).values).toEqual({ number: 'CUST-1', name: 'Antoine Bernard', email: 'antoine@example.com', currency: 'EUR' })
    expect(row(3).values.name).toBe('Alexis Richard')
  })

  test('a German CSV: decimal comma, day first, several invoices of one customer', async () => {
    const source =
      '\uFEFFKundennr.;Kunde;E-Mail;Telefon;Land;Rechnung;Betrag;Fällig am\r\n' +
      '2;Leonie Köhler;leonie@surfeu.example;+49 0711 2842222;Germany;1;1,98;01.01.2021\r\n' +
      '14;Telus;phil@shaw.example;+1 (780) 434-4554;Canada;4;8,91;06.01.2021\r\n' +
      '2;Leonie Köhler;leonie@surfeu.example;+49 0711 2842222;Germany;12;13,86;11.02.2021\r\n'
    const { counts, row } = await check(source)
    expect(counts).toMatchObject({ rows: 3, new: 3 })
    expect(row(4).values).toMatchObject({ number: '2', reference: '12', amount: '13.86', dueDate: '2021-02-11' })
  })
})

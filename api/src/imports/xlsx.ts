import { open, type FileHandle } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { crc32, createInflateRaw } from 'node:zlib'
import type { Cell } from './cells.ts'

/**
 * Reads .xlsx: a zip archive of XML files, unpacked as a stream from disk and bounded by what really comes out of it. exceljs writes our
 * workbooks but doesn't read those of others, because what it gets wrong it gets wrong in silence: its streaming reader takes the phonetic
 * guide of a Japanese name for the name, reads dates of a file whose styles lie behind its sheets (or that are stored as ISO text) as
 * plain numbers, and loses a result of 0; it can't read a file whose rows carry no number or whose tags carry a prefix.
 */

export type RefusalCode =
  | 'EMPTY'
  | 'NOT_A_WORKBOOK'
  | 'DAMAGED'
  | 'OLD_FORMAT'
  | 'ENCRYPTED'
  | 'MACROS'
  | 'EXTERNAL_LINKS'
  | 'TOO_LARGE'
  | 'TOO_MANY_ROWS'
  | 'TOO_MANY_COLUMNS'
  | 'NO_HEADER'
  | 'NO_ROWS'
  | 'NO_SUCH_SHEET'

/** The whole file can't be imported; the message says what to change. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A file on disk, or bytes already in memory. */
export type Source = string | Uint8Array

export interface Limits {
  /** All files of the archive together, unpacked. */
  readonly unpackedBytes: number
  /** Rows with something in them. */
  readonly rows: number
  readonly columns: number
  /** Texts that the sheets share have to be held in memory. */
  readonly sharedTextCharacters: number
  readonly entries: number
}

export const limits: Limits = { unpackedBytes: 400_000_000, rows: 250_000, columns: 500, sharedTextCharacters: 60_000_000, entries: 5000 }

/** A row that has something in it. `cells[0]` is column A; `row` is the number that Excel shows. */
export interface SheetRow {
  readonly row: number
  readonly cells: readonly (Cell | undefined)[]
}

export interface Sheet {
  readonly name: string
  readonly hidden: boolean
  /** Whether its days count from 1904, as once on the Macintosh. */
  readonly date1904: boolean
  rows(): AsyncGenerator<SheetRow>
}

interface Entry {
  readonly name: string
  readonly offset: number
  readonly packed: number
  readonly method: number
  readonly checksum: number
}

const damaged = 'The file is damaged or incomplete. Open it in Excel, save it again as .xlsx and upload that.'
const tooLarge = (unpackedBytes: number) =>
  `Unpacked, the file is larger than ${Math.round(unpackedBytes / 1_000_000)} MB. Split it into several files, or save the sheet alone as CSV.`

/** The first bytes of a file, to tell what it is. */
export async function firstBytes(source: Source, count: number): Promise<Buffer> {
  if (typeof source !== 'string') return Buffer.from(source.subarray(0, count))
  await using file = await open(source)
  return readAt(file, 0, count)
}

/** The bytes from `start` on (to `end`, which is not included) as a stream. */
export function streamOf(source: Source, start = 0, end = Infinity): Readable {
  if (start >= end) return Readable.from([])
  if (typeof source === 'string') return createReadStream(source, { start, end: end - 1 })
  return Readable.from(
    pieces(Buffer.from(source.buffer, source.byteOffset, source.byteLength).subarray(start, Math.min(end, source.length))),
  )
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/**
 * Opens a workbook after every file in it has been unpacked once and thrown away, so that its true size is known before anything is kept.
 * Throws Refused.
 */
export async function openXlsx(source: Source, bounds: Limits = limits): Promise<{ sheets: Sheet[]; definedNames: Map<string, string> }> {
  try {
    return await readBook(source, bounds)
  } catch (error) {
    throw asRefused(error)
  }
}

// Whatever zlib or our own parsing stumbles over is a damaged file; a file that can't be opened at all is not the file's fault.
function asRefused(error: unknown): unknown {
  if (error instanceof Refused) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof RangeError || error instanceof URIError || /^(Z_|ERR_ENCODING|ERR_INVALID_URL)/.test(code)) {
    return new Refused('DAMAGED', damaged, { cause: error })
  }
  return error
}

async function readBook(source: Source, bounds: Limits) {
  const entries = await readDirectory(source, bounds)
  const names = [...entries.keys()]
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name))
  if (has(/vbaproject\.bin$/)) {
    throw new Refused(
      'MACROS',
      'The workbook contains macros. Save it as “Excel workbook (.xlsx)”, which leaves them out, and upload that.',
    )
  }
  if (has(/(^|\/)externallinks\//)) {
    throw new Refused(
      'EXTERNAL_LINKS',
      'The workbook takes values from other files. Break these links in Excel (Data, Edit links) or paste the values, and upload it again.',
    )
  }
  if (has(/^xl\/workbook\.bin$/))
    throw new Refused('OLD_FORMAT', 'This is a binary workbook (.xlsb). Save it as “Excel workbook (.xlsx)” and upload that.')
  if (has(/^content\.xml$/))
    throw new Refused('OLD_FORMAT', 'This is an OpenDocument file (.ods). Save it as .xlsx or .csv and upload that.')

  let left = bounds.unpackedBytes
  for (const entry of entries.values()) {
    let checksum = 0
    for await (const chunk of unpack(source, entry) as AsyncIterable<Buffer>) {
      left -= chunk.length
      if (left < 0) throw new Refused('TOO_LARGE', tooLarge(bounds.unpackedBytes))
      checksum = crc32(chunk, checksum)
    }
    // A changed byte often unpacks all the same, to another amount.
    if (checksum !== entry.checksum) throw new Refused('DAMAGED', damaged)
  }

  const bookPath =
    [...(await relations(source, entries, '')).values()].find((relation) => relation.type.endsWith('/officeDocument'))?.target ??
    'xl/workbook.xml'
  const bookEntry = entries.get(bookPath.toLowerCase())
  if (!bookEntry) throw new Refused('NOT_A_WORKBOOK', 'This is not an Excel workbook. Upload an .xlsx or .csv file.')

  let date1904 = false
  const listed: { name: string; hidden: boolean; relation: string }[] = []
  const definedNames = new Map<string, string>()
  let definedName = ''
  await parse(unpack(source, bookEntry), {
    open(name, tag) {
      if (name === 'workbookPr') date1904 = /^(1|true)$/.test(attribute(tag, 'date1904') ?? '')
      if (name === 'definedName') definedName = attribute(tag, 'name') ?? ''
      if (name === 'sheet') {
        const hidden = (attribute(tag, 'state') ?? 'visible') !== 'visible'
        listed.push({ name: attribute(tag, 'name') ?? '', hidden, relation: attribute(tag, 'id') ?? '' })
      }
    },
    text(text) {
      if (definedName !== '') definedNames.set(definedName, (definedNames.get(definedName) ?? '') + text)
    },
    close(name) {
      if (name === 'definedName') definedName = ''
    },
  })

  const parts = await relations(source, entries, bookPath)
  const partOf = (type: string) => {
    const target = [...parts.values()].find((part) => part.type.endsWith(`/${type}`))?.target
    return target === undefined ? undefined : entries.get(target.toLowerCase())
  }
  const styles = await readStyles(source, partOf('styles'))
  const shared = await readSharedStrings(source, partOf('sharedStrings'), bounds)

  const sheets = listed.flatMap((sheet): Sheet[] => {
    const part = parts.get(sheet.relation)
    const entry = part && part.type.endsWith('/worksheet') ? entries.get(part.target.toLowerCase()) : undefined
    if (!entry) return []
    return [{ name: sheet.name, hidden: sheet.hidden, date1904, rows: () => readRows(source, entry, { styles, shared, date1904 }, bounds) }]
  })
  return { sheets, definedNames }
}

/** The table of contents at the end of a zip archive. Its sizes are only used to find the data, never believed. */
async function readDirectory(source: Source, bounds: Limits): Promise<Map<string, Entry>> {
  let size: number
  let at: (position: number, length: number) => Promise<Buffer>
  await using file = typeof source === 'string' ? await open(source) : undefined
  if (file) {
    size = (await file.stat()).size
    at = (position, length) => readAt(file, position, Math.max(0, Math.min(length, size - position)))
  } else {
    const bytes = source as Uint8Array
    size = bytes.length
    at = async (position, length) => Buffer.from(bytes.subarray(position, position + length))
  }

  const tailStart = Math.max(0, size - 65_557)
  const tail = await at(tailStart, size - tailStart)
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0 || end + 22 > tail.length) throw new Refused('DAMAGED', damaged)
  let count = tail.readUInt16LE(end + 10)
  let length = tail.readUInt32LE(end + 12)
  let start = tail.readUInt32LE(end + 16)
  // Streaming writers use the 64-bit records for small files too.
  if ((count === 0xffff || length === 0xffffffff || start === 0xffffffff) && end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50) {
    const record = await at(Number(tail.readBigUInt64LE(end - 12)), 56)
    count = Number(record.readBigUInt64LE(32))
    length = Number(record.readBigUInt64LE(40))
    start = Number(record.readBigUInt64LE(48))
  }
  if (count > bounds.entries || length > bounds.entries * 1000) {
    throw new Refused(
      'TOO_LARGE',
      `The workbook consists of more than ${bounds.entries} parts. Copy the sheet into a new workbook and upload that.`,
    )
  }

  const directory = await at(start, length)
  const entries = new Map<string, Entry>()
  for (let position = 0, index = 0; index < count; index++) {
    if (directory.readUInt32LE(position) !== 0x02014b50) throw new Refused('DAMAGED', damaged)
    const flags = directory.readUInt16LE(position + 8)
    const method = directory.readUInt16LE(position + 10)
    const nameLength = directory.readUInt16LE(position + 28)
    const extraLength = directory.readUInt16LE(position + 30)
    const name = directory.toString('utf8', position + 46, position + 46 + nameLength).replace(/\\/g, '/')
    let packed = directory.readUInt32LE(position + 20)
    let offset = directory.readUInt32LE(position + 42)
    if (packed === 0xffffffff || offset === 0xffffffff) {
      const extra = directory.subarray(position + 46 + nameLength, position + 46 + nameLength + extraLength)
      let field = wideField(extra)
      // The wide values stand in this order, each only if its narrow place is full; the first one, the unpacked size, isn't wanted.
      if (directory.readUInt32LE(position + 24) === 0xffffffff) field = field.subarray(8)
      if (packed === 0xffffffff) {
        packed = Number(field.readBigUInt64LE(0))
        field = field.subarray(8)
      }
      if (offset === 0xffffffff) offset = Number(field.readBigUInt64LE(0))
    }
    if (flags & 1) throw new Refused('ENCRYPTED', 'The file is protected by a password. Save it without one and upload that.')
    if (method !== 0 && method !== 8) throw new Refused('DAMAGED', damaged)

    const local = await at(offset, 30)
    if (local.length < 30 || local.readUInt32LE(0) !== 0x04034b50) throw new Refused('DAMAGED', damaged)
    const dataAt = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
    if (dataAt + packed > size) throw new Refused('DAMAGED', damaged)
    if (!name.endsWith('/'))
      entries.set(name.toLowerCase(), { name, offset: dataAt, packed, method, checksum: directory.readUInt32LE(position + 16) })
    position += 46 + nameLength + extraLength + directory.readUInt16LE(position + 32)
  }
  return entries
}

function wideField(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  }
  throw new Refused('DAMAGED', damaged)
}

function unpack(source: Source, entry: Entry): Readable {
  const packed = streamOf(source, entry.offset, entry.offset + entry.packed)
  if (entry.method === 0) return packed
  const inflate = createInflateRaw()
  packed.on('error', (error) => inflate.destroy(error))
  // A reader that stops early must not leave the file open.
  inflate.on('close', () => packed.destroy())
  return packed.pipe(inflate)
}

async function relations(source: Source, entries: Map<string, Entry>, path: string) {
  const slash = path.lastIndexOf('/') + 1
  const folder = path.slice(0, slash)
  const entry = entries.get(`${folder}_rels/${path.slice(slash)}.rels`.toLowerCase())
  const found = new Map<string, { type: string; target: string }>()
  if (!entry) return found
  await parse(unpack(source, entry), {
    open(name, tag) {
      if (name !== 'Relationship') return
      const target = attribute(tag, 'Target') ?? ''
      found.set(attribute(tag, 'Id') ?? '', {
        type: attribute(tag, 'Type') ?? '',
        target: decodeURI(new URL(target, `file:///${folder}`).pathname.slice(1)),
      })
    },
  })
  return found
}

/** What a number format makes of a number: a date, or a number padded with zeros to so many digits. */
interface Style {
  readonly date: boolean
  readonly digits: number
}

async function readStyles(source: Source, entry: Entry | undefined): Promise<Style[]> {
  const codes = new Map<number, string>()
  const styles: Style[] = []
  let inCellStyles = false
  if (!entry) return styles
  await parse(unpack(source, entry), {
    open(name, tag) {
      if (name === 'numFmt') codes.set(Number(attribute(tag, 'numFmtId')), attribute(tag, 'formatCode') ?? '')
      else if (name === 'cellXfs') inCellStyles = true
      else if (name === 'xf' && inCellStyles) {
        const id = Number(attribute(tag, 'numFmtId') ?? 0)
        const code = codes.get(id)
        styles.push({
          date: code === undefined ? isBuiltInDate(id) : isDateFormat(code),
          digits: /^0{2,}$/.test(code ?? '') ? code!.length : 0,
        })
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellStyles = false
    },
  })
  return styles
}

// ECMA-376 part 1, 18.8.30: 14–17 and 22 everywhere, 27–36 and 50–58 in the East Asian editions. 18–21 and 45–47 are times of day.
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)
}

function isDateFormat(code: string): boolean {
  const letters = (code.split(';')[0] ?? '').replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM\/PM|General/gi, '')
  // An m alone is a month; beside h or s it is a minute.
  return /[yd]/i.test(letters) || (/m/i.test(letters) && !/[hs]/i.test(letters))
}

async function readSharedStrings(source: Source, entry: Entry | undefined, bounds: Limits): Promise<string[]> {
  const strings: string[] = []
  if (!entry) return strings
  let text = ''
  let reading = false
  let inPhonetic = false
  let characters = 0
  await parse(unpack(source, entry), {
    open(name) {
      if (name === 'si') text = ''
      // The phonetic guide says how a name is read aloud; it is no part of the name.
      else if (name === 'rPh') inPhonetic = true
      else if (name === 't') reading = !inPhonetic
    },
    text(piece) {
      if (reading) text += piece
    },
    close(name) {
      if (name === 't') reading = false
      else if (name === 'rPh') inPhonetic = false
      else if (name === 'si') {
        characters += text.length
        if (characters > bounds.sharedTextCharacters) {
          throw new Refused(
            'TOO_LARGE',
            'The workbook holds too much text. Delete the columns and sheets that aren’t needed, or split it into several files.',
          )
        }
        strings.push(excelText(text))
      }
    },
  })
  return strings
}

interface Book {
  readonly styles: readonly Style[]
  readonly shared: readonly string[]
  readonly date1904: boolean
}

async function* readRows(source: Source, entry: Entry, book: Book, bounds: Limits): AsyncGenerator<SheetRow> {
  let finished: SheetRow[] = []
  let inData = false
  let done = false
  let row = 0
  let column = 0
  let cells: (Cell | undefined)[] | undefined
  let type = ''
  let style: Style | undefined
  let value: string | undefined
  let formula = false
  let target: 'value' | undefined
  let inPhonetic = false
  let count = 0

  const parser = xmlParser({
    open(name, tag) {
      if (!inData) {
        if (name === 'sheetData' && !done) inData = true
        return
      }
      if (name === 'c') {
        const reference = attribute(tag, 'r')
        // Without a reference, which is allowed, a cell follows the one before.
        column = reference === undefined ? column + 1 : columnOf(reference)
        type = attribute(tag, 't') ?? 'n'
        style = book.styles[Number(attribute(tag, 's') ?? 0)]
        value = undefined
        formula = false
      } else if (name === 'v') {
        target = 'value'
        value = ''
      } else if (name === 't') {
        if (type === 'inlineStr' && !inPhonetic) {
          target = 'value'
          value ??= ''
        }
      } else if (name === 'f') {
        formula = true
      } else if (name === 'rPh') {
        inPhonetic = true
      } else if (name === 'row') {
        const number = Number(attribute(tag, 'r') ?? row + 1)
        if (!Number.isInteger(number) || number <= row || number > 1_048_576) throw new Refused('DAMAGED', damaged)
        row = number
        column = 0
        cells = undefined
      }
    },
    text(piece) {
      if (target) value += piece
    },
    close(name) {
      if (name === 'v' || name === 't') target = undefined
      else if (name === 'rPh') inPhonetic = false
      else if (name === 'c' && inData) {
        const cell = makeCell(type, value, formula, style, book)
        if (cell === undefined) return
        if (column > bounds.columns) {
          throw new Refused(
            'TOO_MANY_COLUMNS',
            `Row ${row} has more than ${bounds.columns} columns. Delete the columns that aren’t needed and upload it again.`,
          )
        }
        cells ??= []
        cells[column - 1] = cell
      } else if (name === 'row' && cells) {
        if (++count > bounds.rows) {
          throw new Refused(
            'TOO_MANY_ROWS',
            `The sheet has more than ${bounds.rows.toLocaleString('en')} rows. Split it into several files.`,
          )
        }
        finished.push({ row, cells })
        cells = undefined
      } else if (name === 'sheetData') {
        inData = false
        done = true
      }
    },
  })

  try {
    for await (const text of decoded(unpack(source, entry))) {
      parser.write(text)
      const batch = finished
      finished = []
      yield* batch
      if (done) return
    }
    parser.end()
  } catch (error) {
    throw asRefused(error)
  }
}

function makeCell(type: string, value: string | undefined, formula: boolean, style: Style | undefined, book: Book): Cell | undefined {
  if (value === undefined || (value === '' && type !== 'str')) return formula ? { unfinished: true } : undefined
  switch (type) {
    case 's': {
      const text = book.shared[Number(value)]
      if (text === undefined) throw new Refused('DAMAGED', damaged)
      return text === '' ? undefined : text
    }
    case 'str':
    case 'inlineStr':
      return value === '' ? undefined : excelText(value)
    case 'b':
      return value === '1' || value === 'true'
    case 'e':
      return { error: value }
    case 'd':
      return value
    default: {
      const number = Number(value)
      if (!Number.isFinite(number)) throw new Refused('DAMAGED', damaged)
      if (style?.date === true) return { serial: number, date1904: book.date1904 }
      return style && style.digits > 0 ? { number, digits: style.digits } : number
    }
  }
}

/** "BC12" → 55. */
function columnOf(reference: string): number {
  let column = 0
  for (let index = 0; index < reference.length; index++) {
    const letter = reference.charCodeAt(index) & ~32
    if (letter < 65 || letter > 90) break
    column = column * 26 + letter - 64
  }
  if (column === 0 || column > 16_384) throw new Refused('DAMAGED', damaged)
  return column
}

// Excel writes characters that XML can't hold as _x000B_, and a text that looks like that with its underscore written so.
function excelText(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text
}

async function* decoded(stream: Readable): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    decoder ??= new TextDecoder(
      chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : 'utf-8',
      { fatal: true },
    )
    yield decoder.decode(chunk, { stream: true })
  }
  yield decoder?.decode() ?? ''
}

interface Handlers {
  /** `tag` is what stands between the angle brackets; its attributes are looked up only where they are wanted. */
  open?(name: string, tag: string): void
  text?(text: string): void
  close?(name: string): void
}

async function parse(stream: Readable, handlers: Handlers): Promise<void> {
  const parser = xmlParser(handlers)
  for await (const text of decoded(stream)) parser.write(text)
  parser.end()
}

// No cell that Excel can write comes near this, escaped or not.
const longestToken = 1_000_000

/**
 * A parser for the XML that spreadsheets write: names lose their prefix, entities other than the five of XML itself don't exist (a document
 * type, with which a file could define some, is refused), and nothing is kept but the token at hand.
 */
function xmlParser(handlers: Handlers): { write(text: string): void; end(): void } {
  let rest = ''
  let depth = 0
  const write = (piece: string) => {
    const text = rest === '' ? piece : rest + piece
    let at = 0
    for (;;) {
      const less = text.indexOf('<', at)
      if (less < 0) break
      if (less > at && handlers.text) handlers.text(unescape(text.slice(at, less)))
      at = less
      const second = text.charCodeAt(less + 1)
      if (second === 33 /* ! */) {
        if (text.length - less < 9) break
        const [begin, finish] = text.startsWith('<!--', less)
          ? ['<!--', '-->']
          : text.startsWith('<![CDATA[', less)
            ? ['<![CDATA[', ']]>']
            : ['', '']
        if (begin === '') throw new Refused('DAMAGED', damaged)
        const close = text.indexOf(finish, less + begin.length)
        if (close < 0) break
        if (begin !== '<!--') handlers.text?.(text.slice(less + begin.length, close))
        at = close + finish.length
        continue
      }
      const greater = tagEnd(text, less + 1)
      if (greater < 0) break
      if (second === 47 /* / */) {
        depth--
        handlers.close?.(localName(text, less + 2, greater))
      } else if (second !== 63 /* ? */) {
        const selfClosing = text.charCodeAt(greater - 1) === 47
        const tag = text.slice(less + 1, selfClosing ? greater - 1 : greater)
        const name = localName(tag, 0, tag.length)
        handlers.open?.(name, tag)
        if (selfClosing) handlers.close?.(name)
        else if (++depth > 100) throw new Refused('DAMAGED', damaged)
      }
      at = greater + 1
    }
    rest = text.slice(at)
    if (rest.length > longestToken) {
      throw new Refused('TOO_LARGE', 'A cell of the workbook holds more text than Excel allows. Shorten it, or leave its column out.')
    }
  }
  return {
    write,
    end() {
      if (depth !== 0 || rest.trim() !== '') throw new Refused('DAMAGED', damaged)
    },
  }
}

/** Where the tag ends; a > inside a quoted value doesn't end it. -1: not yet. */
function tagEnd(text: string, from: number): number {
  let quote = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 34 || code === 39) quote = code
    else if (code === 62) return at
  }
  return -1
}

function localName(text: string, from: number, to: number): string {
  let start = from
  let at = from
  for (; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code === 58) start = at + 1
    else if (code <= 32 || code === 47) break
  }
  return text.slice(start, at)
}

const patterns = new Map<string, RegExp>()

function attribute(tag: string, name: string): string | undefined {
  let pattern = patterns.get(name)
  if (!pattern) patterns.set(name, (pattern = new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)))
  const found = pattern.exec(tag)
  return found ? unescape(found[1] ?? found[2] ?? '') : undefined
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescape(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));?/gi,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) {
        const character = entities[name]
        if (character === undefined) throw new Refused('DAMAGED', damaged)
        return character
      }
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
    },
  )
}

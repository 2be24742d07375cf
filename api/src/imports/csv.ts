import { TextDecoder } from 'node:util'
import { parse } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'
import { firstBytes, limits as standard, Refused, streamOf, type Limits, type Sheet, type SheetRow, type Source } from './xlsx.ts'

// As Excel, LibreOffice and databases write it: quotes inside an unquoted field are text, rows may be short.
const dialect = {
  relax_quotes: true,
  relax_column_count: true,
  skip_empty_lines: false,
  record_delimiter: ['\r\n', '\n', '\r'],
  max_record_size: 2_000_000,
}

const separators = [';', ',', '\t', '|']

/**
 * Opens a text file as one sheet without a name. UTF-8 and UTF-16 are known by their mark, UTF-8 also by being valid, anything else is
 * Windows-1252, which every byte sequence is. `scoreHeader` says how much a row looks like a header: the separator that finds the best one wins.
 */
export async function openCsv(
  source: Source,
  scoreHeader: (cells: readonly string[]) => number,
  bounds: Limits = standard,
): Promise<Sheet> {
  const encoding = await encodingOf(source)
  const start = await firstBytes(source, 65_536)
  let sample = new TextDecoder(encoding).decode(start, { stream: true })
  // Excel's own hint, which it doesn't show as a row.
  const hint = /^sep=(.)(\r\n|\n|\r)/.exec(sample)
  if (hint) sample = sample.slice(hint[0].length)
  const separator = hint?.[1] ?? recogniseSeparator(sample, scoreHeader)
  return { name: '', hidden: false, date1904: false, rows: () => readRows(source, encoding, separator, hint?.[0].length ?? 0, bounds) }
}

async function encodingOf(source: Source): Promise<string> {
  const start = await firstBytes(source, 3)
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8'
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const stream = streamOf(source)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) decoder.decode(chunk, { stream: true })
    decoder.decode()
    return 'utf-8'
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252'
    throw error
  }
}

function recogniseSeparator(sample: string, scoreHeader: (cells: readonly string[]) => number): string {
  const scored = separators.map((separator) => {
    let records: string[][] = []
    try {
      parseNow(sample, { ...dialect, delimiter: separator, to: 20, on_record: (record: string[]) => (records.push(record), null) })
    } catch {
      // The sample ends in the middle of a record, or a quote is open: what was read so far is enough to tell.
    }
    records = records.slice(0, 20)
    const score = Math.max(0, ...records.map((record) => scoreHeader(record) * 1000 + record.length))
    return { separator, score }
  })
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).separator
}

async function* readRows(source: Source, encoding: string, separator: string, skip: number, bounds: Limits): AsyncGenerator<SheetRow> {
  const parser = parse({ ...dialect, delimiter: separator })
  const stream = streamOf(source)
  const feed = async () => {
    const decoder = new TextDecoder(encoding)
    let left = skip
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const text = decoder.decode(chunk, { stream: true }).slice(left)
        left = 0
        if (!parser.write(text) && !parser.destroyed) {
          await new Promise<void>((resolve) => {
            parser.once('drain', resolve).once('close', resolve)
          })
        }
        if (parser.destroyed) return
      }
      parser.end(decoder.decode())
    } catch (error) {
      parser.destroy(error as Error)
    }
  }
  const fed = feed()
  let row = 0
  let count = 0
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      row++
      const cells = record.map((text) => (text.trim() === '' ? undefined : text))
      if (cells.every((cell) => cell === undefined)) continue
      if (cells.findLastIndex((cell) => cell !== undefined) >= bounds.columns) {
        throw new Refused(
          'TOO_MANY_COLUMNS',
          `Row ${row} has more than ${bounds.columns} columns. Delete the columns that aren’t needed and upload it again.`,
        )
      }
      if (++count > bounds.rows) {
        throw new Refused('TOO_MANY_ROWS', `The file has more than ${bounds.rows.toLocaleString('en')} rows. Split it into several files.`)
      }
      yield { row, cells }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      const message = `Row ${row + 1} can’t be read: a quotation mark is not closed, or a cell is far too long. Correct it and upload the file again.`
      throw new Refused('DAMAGED', message, { cause: error })
    }
    throw error
  } finally {
    parser.destroy()
    stream.destroy()
    await fed
  }
}

import type { ImportKnown, ImportRowStatus, ImportStatus } from '../../gql.ts'
import type { Tone } from '../../ui/status.tsx'

export interface Counts {
  readonly rows: number
  readonly new: number
  readonly changed: number
  readonly same: number
  readonly wrong: number
  readonly duplicate: number
  readonly asked: number
  readonly created: number
  readonly updated: number
  readonly skipped: number
  readonly failed: number
}

/** What a column of the file became; the order is the one in which people read a receivable. */
export const columnLabels: Readonly<Record<string, string>> = {
  number: 'Number',
  name: 'Name',
  reference: 'Reference',
  amount: 'Amount',
  currency: 'Currency',
  dueDate: 'Due date',
  issuedOn: 'Issued on',
  paidOn: 'Paid on',
  email: 'E-mail',
  phone: 'Phone',
  address: 'Address',
  note: 'Note',
}

export const columnLabel = (column: string): string => columnLabels[column] ?? column

const place = new Map(Object.keys(columnLabels).map((column, index) => [column, index]))

/** Known columns in reading order, then whatever else the server names, as it came. */
export const inReadingOrder = (columns: readonly string[]): string[] =>
  [...new Set(columns)].sort((a, b) => (place.get(a) ?? place.size) - (place.get(b) ?? place.size))

export const statusWords: Readonly<Record<ImportStatus, { label: string; tone: Tone }>> = {
  REVIEW: { label: 'In review', tone: 'info' },
  COMMITTING: { label: 'Importing', tone: 'info' },
  DONE: { label: 'Done', tone: 'good' },
  DISCARDED: { label: 'Discarded', tone: 'quiet' },
}

export const rowWords: Readonly<Record<ImportRowStatus, { label: string; tone: Tone }>> = {
  NEW: { label: 'New', tone: 'good' },
  CHANGED: { label: 'Changed', tone: 'info' },
  SAME: { label: 'Same', tone: 'quiet' },
  WRONG: { label: 'Wrong', tone: 'bad' },
  DUPLICATE: { label: 'Duplicate', tone: 'wait' },
  ASKED: { label: 'Question', tone: 'wait' },
  CREATED: { label: 'Created', tone: 'good' },
  UPDATED: { label: 'Updated', tone: 'info' },
  SKIPPED: { label: 'Skipped', tone: 'quiet' },
  FAILED: { label: 'Failed', tone: 'bad' },
}

export interface Outcome {
  readonly rows: number
  readonly text: string
}

/** In words what becomes of every row of the file; the parts add up to `counts.rows`, and `imported` of them are written at most. */
export function foresee(counts: Counts, known: ImportKnown): { readonly imported: number; readonly outcomes: readonly Outcome[] } {
  const update = known === 'UPDATE'
  const outcomes: Outcome[] = [
    // A new row may be a new due of a customer that is known: which, only the commit looks up.
    { rows: counts.new, text: update ? 'new' : 'new, unless about a customer you already have' },
    { rows: counts.changed, text: update ? 'change what you already have' : 'about what you already have: skipped' },
    { rows: counts.same, text: 'the same as before: skipped' },
    { rows: counts.duplicate, text: 'twice in the file: skipped' },
    { rows: counts.wrong, text: 'wrong: left out' },
    { rows: counts.asked, text: 'with an open question: left out' },
  ]
  return { imported: counts.new + (update ? counts.changed : 0), outcomes: outcomes.filter((outcome) => outcome.rows > 0) }
}

/** The rows that a commit has dealt with; when it has ended, all of them. */
export const handledOf = (counts: Counts): number => counts.created + counts.updated + counts.skipped + counts.failed

/** How far a running commit is, 0 to 100. */
export const progressOf = (counts: Counts): number =>
  counts.rows === 0 ? 0 : Math.min(100, Math.floor((handledOf(counts) * 100) / counts.rows))

const largestMebibytes = 20

/** Why a file can't be taken, said before it travels; undefined when it may be sent. The server looks again, into the file. */
export function refusal(file: { readonly name: string; readonly size: number }): { reason: string; wayOut: string } | undefined {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase()
  if (extension === 'xls') {
    return {
      reason: 'This is a workbook of the old Excel format (.xls).',
      wayOut: 'Open it in Excel or LibreOffice, save it as .xlsx and choose that file.',
    }
  }
  if (extension === 'xlsm' || extension === 'xlsb') {
    return {
      reason: `This workbook may hold macros (.${extension}).`,
      wayOut: 'Save it as .xlsx, which holds the data only, and choose that file.',
    }
  }
  if (extension === 'ods' || extension === 'numbers') {
    return { reason: `A .${extension} file cannot be read.`, wayOut: 'Export it as .xlsx or .csv and choose that file.' }
  }
  if (extension !== 'xlsx' && extension !== 'csv') {
    return { reason: `“${file.name}” is neither an Excel workbook nor a CSV file.`, wayOut: 'Choose a file that ends in .xlsx or .csv.' }
  }
  if (file.size === 0) return { reason: 'This file is empty.', wayOut: 'Save it again with its rows and choose it once more.' }
  if (file.size > largestMebibytes * 1024 * 1024) {
    return {
      reason: `This file is larger than ${largestMebibytes} MB.`,
      wayOut: 'Split it into several files and import them one after the other.',
    }
  }
  return undefined
}

import { headingOf, dateColumns, type DateColumn, type SheetHeading } from 'schema/sheet'
import { invalid } from '../errors.ts'
import type { Answers } from './workbook.ts'

/** Puts answers given one by one into the form that reading a workbook takes. @throws DomainError INVALID for one that answers nothing */
export function toAnswers(given: readonly { readonly about: string; readonly column: string; readonly answer: string }[]): Answers {
  const dateOrder: Partial<Record<DateColumn, 'DMY' | 'MDY'>> = {}
  const columns: Record<string, SheetHeading | null> = {}
  let decimalSeparator: { amount?: ',' | '.' } = {}
  let sheet: string | undefined
  for (const { about, column, answer } of given.slice(0, 100)) {
    const date = dateColumns.find((name) => name === column)
    if (about === 'dateOrder' && date !== undefined && (answer === 'DMY' || answer === 'MDY')) dateOrder[date] = answer
    else if (about === 'decimalSeparator' && (answer === ',' || answer === '.')) decimalSeparator = { amount: answer }
    else if (about === 'sheet') sheet = answer
    else if (about === 'columns') columns[column] = answer === '' ? null : (headingOf(answer)?.heading ?? null)
    else
      throw invalid(
        'answers',
        `"${answer.slice(0, 40)}" does not answer the question about ${about.slice(0, 40)} of ${column.slice(0, 40)}`,
      )
  }
  return { dateOrder, columns, decimalSeparator, ...(sheet === undefined ? {} : { sheet }) }
}

import { and, eq, gt, lt, or, sql, type AnyColumn, type SQL } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import { isDay } from 'schema/day'
import { DomainError } from '../errors.ts'
import type { Db, Tx } from './database.ts'

/** A page of rows; `endCursor` names the last one. */
export interface Page<T> {
  readonly nodes: readonly T[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

/** The value that rows are ordered by (null where they are ordered by id alone), and the id that breaks ties. */
export interface Position {
  readonly value: string | null
  readonly id: string
}

const encode = (position: Position): string => Buffer.from(JSON.stringify([position.value, position.id])).toString('base64url')

/** What a list is ordered by before the id. */
export type Ordered = 'id' | 'text' | 'number' | 'day' | 'flag and day'

const fits: Record<Ordered, (value: string | null) => boolean> = {
  id: (value) => value === null,
  text: (value) => value !== null,
  number: (value) => value !== null && /^\d{1,24}$/.test(value),
  // Rows without a date stand in the order at one of these two.
  day: (value) => value !== null && (isDay(value) || value === '1000-01-01' || value === '9999-12-31'),
  'flag and day': (value) => value !== null && /^[01] /.test(value) && isDay(value.slice(2)),
}

/** @throws DomainError INVALID when the text is not a cursor of a list in that order. */
export function decodeCursor(cursor: string, by: Ordered): Position {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(parsed) &&
      parsed.length === 2 &&
      (parsed[0] === null || typeof parsed[0] === 'string') &&
      typeof parsed[1] === 'string'
    ) {
      const position = { value: parsed[0], id: parsed[1] }
      if (fits[by](position.value)) return position
    }
  } catch {
    // Falls through to the one answer for all cursors that are not ours.
  }
  throw new DomainError('INVALID', 'This page does not exist; start again from the first', [
    { path: 'after', message: 'Not a cursor of this list' },
  ])
}

/**
 * Rows after a position. Written as `a > ? or (a = ? and id > ?)`, which MySQL reads as a range of the index, where the
 * row form `(a, id) > (?, ?)` makes it walk the index from the start.
 */
export function after(column: AnyColumn | undefined, id: AnyColumn, position: Position, descending: boolean): SQL | undefined {
  const beyond = descending ? lt : gt
  if (column === undefined || position.value === null) return beyond(id, position.id)
  return or(beyond(column, position.value), and(eq(column, position.value), beyond(id, position.id)))
}

/** Cuts the extra row off that told whether more follow. */
export function pageOf<T>(rows: readonly T[], first: number, position: (row: T) => Position): Page<T> {
  const nodes = rows.slice(0, first)
  const last = nodes.at(-1)
  return { nodes, pageInfo: { endCursor: last === undefined ? null : encode(position(last)), hasNextPage: rows.length > first } }
}

/** How many rows a total counts at the most: exact totals beside every page are not free. */
export const countLimit = 1_000

/** How many rows match, counted no further than the limit. */
export async function countUpTo(db: Db | Tx, table: MySqlTable, where: SQL | undefined): Promise<{ count: number; more: boolean }> {
  const found = db
    .select({ one: sql`1`.as('one') })
    .from(table)
    .where(where)
    .limit(countLimit + 1)
    .as('found')
  const [row] = await db.select({ rows: sql<string>`count(*)` }).from(found)
  const rows = Number(row?.rows ?? 0)
  return { count: Math.min(rows, countLimit), more: rows > countLimit }
}

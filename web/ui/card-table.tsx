'use client'
import { UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react'
import { type ComponentProps, createContext, type ReactNode, use } from 'react'
import classes from './card-table.module.css'

export interface Column {
  readonly key: string
  readonly label: string
  /** Figures stand at the end of their column. */
  readonly align?: 'end'
  /** Sorting by this column is offered. */
  readonly sortable?: boolean
  /** Where it goes on a card: `title` is its first line, `badge` stands at the right of it, `none` stays off. Otherwise a line with its label. */
  readonly card?: 'title' | 'badge' | 'none'
  /** The label is for screen readers only, as with a column of buttons. */
  readonly silent?: boolean
}

export interface Sorting {
  readonly by: string
  readonly descending: boolean
}

interface Props {
  /** What the table lists, for screen readers. */
  label: string
  columns: readonly Column[]
  sort?: Sorting | undefined
  onSort?: (sort: Sorting) => void
  /** Old rows while new ones are on their way: they stay, dimmed. */
  busy?: boolean
  children: ReactNode
  footer?: ReactNode
}

const Columns = createContext<ReadonlyMap<string, Column>>(new Map())

/**
 * A table on a desk, cards on a phone, with the same facts and the same roles for a screen reader. Rows are `CardRow`, cells are
 * `Cell of="<column key>"`, in the order of the columns.
 */
export function CardTable({ label, columns, sort, onSort, busy = false, children, footer }: Props) {
  return (
    <Columns value={new Map(columns.map((column) => [column.key, column]))}>
      {/* The roles are written out because `display: block`, which makes the cards, takes them away. */}
      <table className={classes.table} role="table" aria-label={label} aria-busy={busy} data-busy={busy || undefined}>
        <thead className={classes.head} role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.key}
                role="columnheader"
                scope="col"
                className={classes.header}
                data-align={column.align}
                aria-sort={sortedBy(column, sort)}
              >
                {column.silent === true ? (
                  <span className={classes.silent}>{column.label}</span>
                ) : column.sortable === true && onSort !== undefined ? (
                  <SortButton column={column} sort={sort} onSort={onSort} />
                ) : (
                  column.label
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={classes.body} role="rowgroup">
          {children}
        </tbody>
        {footer !== undefined && (
          <tfoot className={classes.foot} role="rowgroup">
            {footer}
          </tfoot>
        )}
      </table>
    </Columns>
  )
}

function sortedBy(column: Column, sort: Sorting | undefined): 'ascending' | 'descending' | undefined {
  if (sort?.by !== column.key) return undefined
  return sort.descending ? 'descending' : 'ascending'
}

function SortButton({ column, sort, onSort }: { column: Column; sort: Sorting | undefined; onSort: (sort: Sorting) => void }) {
  const direction = sortedBy(column, sort)
  const Arrow = direction === undefined ? IconArrowsSort : direction === 'ascending' ? IconArrowUp : IconArrowDown
  return (
    <UnstyledButton
      className={classes.sort}
      data-on={direction !== undefined || undefined}
      onClick={() => onSort({ by: column.key, descending: direction === 'ascending' })}
    >
      {column.label}
      <Arrow size={14} stroke={2} aria-hidden />
    </UnstyledButton>
  )
}

/** A row or card. `selected` marks the one that is open or chosen, `glow` one that somebody else has just changed. */
export function CardRow({
  selected = false,
  glow = false,
  children,
  ...rest
}: ComponentProps<'tr'> & { selected?: boolean; glow?: boolean }) {
  return (
    <tr
      role="row"
      {...rest}
      className={classes.row}
      data-selected={selected || undefined}
      data-glow={glow || undefined}
      data-clickable={rest.onClick !== undefined || undefined}
    >
      {children}
    </tr>
  )
}

/** A cell of the column `of`; on a card it carries the column's label. */
export function Cell({ of, children, ...rest }: ComponentProps<'td'> & { of: string }) {
  const column = use(Columns).get(of)
  return (
    <td role="cell" {...rest} className={classes.cell} data-align={column?.align} data-card={column?.card ?? 'line'}>
      {column !== undefined && column.card === undefined && column.silent !== true && (
        <span className={classes.label} aria-hidden>
          {column.label}
        </span>
      )}
      <span className={classes.value}>{children}</span>
    </td>
  )
}

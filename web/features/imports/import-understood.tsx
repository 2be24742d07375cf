'use client'
import { useFragment } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { IconArrowRight, IconChevronRight } from '@tabler/icons-react'
import { ImportUnderstoodFragmentDoc, type ImportUnderstoodFragment } from '../../gql.ts'
import classes from './imports.module.css'
import { columnLabel } from './import-words.ts'

/** What the file was taken to mean: which sheet, where its header is, which column became what. */
export function ImportUnderstood({ from }: { from: FragmentType<ImportUnderstoodFragment> }) {
  const { data, complete } = useFragment({ fragment: ImportUnderstoodFragmentDoc, fragmentName: 'ImportUnderstood', from })
  if (!complete) return null
  const used = data.columns.filter(({ column }) => column !== null)
  const aside = data.columns.filter(({ column }) => column === null)
  return (
    <details className={classes.understood}>
      <summary>
        <IconChevronRight size={16} aria-hidden />
        <span>
          {data.sheet === '' ? 'Header' : `Sheet “${data.sheet}”, header`} in row {data.headerRow}: <b>{used.length}</b> of{' '}
          {data.columns.length} columns understood
        </span>
        {aside.length > 0 && <span className={classes.aside}>Kept aside: {aside.map(({ header }) => header).join(', ')}</span>}
      </summary>
      <ul className={classes.columns}>
        {data.columns.map(({ header, column }, index) => (
          <li key={`${index} ${header}`}>
            <span title={header}>{header}</span>
            <IconArrowRight size={14} aria-label="becomes" />
            <span className={column === null ? classes.aside : undefined}>{column === null ? 'kept aside' : columnLabel(column)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

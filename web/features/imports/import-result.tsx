'use client'
import { Alert, Button, Group, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import Link from 'next/link'
import type { ImportStateFragment } from '../../gql.ts'
import { count } from '../../ui/calendar.ts'
import { useReader } from '../../ui/reader.tsx'
import classes from './imports.module.css'
import { type Counts, handledOf } from './import-words.ts'

/** What became of the file: every row is in exactly one of the four figures. */
export function ImportResult({ file }: { file: ImportStateFragment }) {
  const { counts, status } = file
  if (status === 'DISCARDED') {
    return (
      <section className={classes.panel}>
        <Title order={2} size="h4">
          Discarded
        </Title>
        <Text size="sm" c="dimmed" mt={4} mb="md">
          Nothing of this file was written. To import it after all, upload it again.
        </Text>
        <Button component={Link} href="/import">
          Import a file
        </Button>
      </section>
    )
  }
  return (
    <section className={classes.panel} aria-labelledby="import-result">
      <Title order={2} size="h4" mb="sm" id="import-result">
        {headingOf(file)}
      </Title>
      <Sum counts={counts} />
      <Unaccounted counts={counts} />
      <Group gap="sm" mt="lg">
        <Button component={Link} href="/customers">
          Open customers
        </Button>
        <Button component={Link} href="/import" variant="default">
          Import another file
        </Button>
      </Group>
    </section>
  )
}

function Sum({ counts }: { counts: Counts }) {
  const { locale } = useReader()
  const terms = [
    ['created', counts.created, undefined],
    ['updated', counts.updated, undefined],
    ['skipped', counts.skipped, undefined],
    ['failed', counts.failed, 'bad'],
  ] as const
  const said = `${terms.map(([word, rows]) => `${rows.toLocaleString(locale)} ${word}`).join(' + ')} = ${count(handledOf(counts), 'row')}`
  return (
    <div role="group" aria-label={said}>
      <dl className={classes.sum}>
        {terms.map(([word, rows, tone]) => (
          <div key={word} className={classes.term} data-tone={tone} data-zero={rows === 0 || undefined}>
            <dt>{word}</dt>
            <dd>{rows.toLocaleString(locale)}</dd>
          </div>
        ))}
        <div className={classes.term} data-total>
          <dt>{handledOf(counts) === 1 ? 'row' : 'rows'}</dt>
          <dd>{handledOf(counts).toLocaleString(locale)}</dd>
        </div>
      </dl>
    </div>
  )
}

function headingOf({ counts }: ImportStateFragment): string {
  return counts.rows === handledOf(counts) ? 'Every row accounted for' : 'Not every row is accounted for'
}

/** A sum that misses the rows of the file must never look like success. */
function Unaccounted({ counts }: { counts: Counts }) {
  const missing = counts.rows - handledOf(counts)
  if (missing === 0) return null
  return (
    <Alert mt="md" color="red" icon={<IconAlertTriangle size={18} aria-hidden />} styles={{ message: { color: 'inherit' } }}>
      {`The file has ${count(counts.rows, 'row')}, but ${count(handledOf(counts), 'row')} are accounted for. Tell your administrator before you go on.`}
    </Alert>
  )
}

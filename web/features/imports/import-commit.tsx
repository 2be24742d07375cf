'use client'
import { useMutation } from '@apollo/client/react'
import { Button, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { problemOf, type Problem } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { CommitImportDocument, type ImportKnown, type ImportStateFragment } from '../../gql.ts'
import { count } from '../../ui/calendar.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import classes from './imports.module.css'
import { foresee } from './import-words.ts'

/** The decision: what will happen to every row is said before the button that makes it happen. */
export function ImportCommit({ file }: { file: ImportStateFragment }) {
  const { locale } = useReader()
  const { may } = useSession()
  const [known, setKnown] = useState<ImportKnown>('UPDATE')
  const [commit, { loading }] = useMutation(CommitImportDocument)
  const [problem, setProblem] = useState<Problem>()
  const { imported, outcomes } = foresee(file.counts, known)
  if (!may('commitImport')) return null
  const begin = async (): Promise<void> => {
    setProblem(undefined)
    try {
      await commit({ variables: { id: file.id, known } })
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <section className={classes.commit} aria-label="Import these rows">
      <Stack gap={6}>
        <Radio.Group value={known} onChange={(value) => setKnown(value as ImportKnown)} label="Customers you already have" size="sm">
          <div className={classes.outcomes}>
            <Radio value="UPDATE" label="Update from the file" />
            <Radio value="SKIP" label="Leave as they are" />
          </div>
        </Radio.Group>
        <ul className={classes.outcomes} aria-label="What will happen to the rows" aria-live="polite">
          {outcomes.map(({ rows, text }) => (
            <li key={text}>
              <b>{rows.toLocaleString(locale)}</b> {text}
            </li>
          ))}
        </ul>
        {problem !== undefined && <ProblemAlert problem={problem} focused />}
      </Stack>
      <div className={classes.actions}>
        {imported === 0 && (
          <Text size="sm" c="dimmed">
            No row of this file would change anything.
          </Text>
        )}
        <Button size="md" onClick={() => void begin()} loading={loading} disabled={imported === 0}>
          {imported === 0 ? 'Nothing to import' : known === 'SKIP' ? 'Import new customers' : `Import ${count(imported, 'row')}`}
        </Button>
      </div>
    </section>
  )
}

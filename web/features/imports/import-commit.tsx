'use client'
import { useMutation } from '@apollo/client/react'
import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { problemOf, type Problem } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { CommitImportDocument, type ImportKnown, type ImportStateFragment } from '../../gql.ts'
import { count } from '../../ui/calendar.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { useUrlState } from '../../ui/use-url-state.ts'
import classes from './imports.module.css'
import { foresee } from './import-words.ts'

/** What a commit does with customers that exist; the address keeps the choice, so that a reload or a colleague sees the same. */
function useKnown(): [ImportKnown, (known: ImportKnown) => void] {
  const { params, set } = useUrlState()
  return [params.get('known') === 'skip' ? 'SKIP' : 'UPDATE', (known) => set({ known: known === 'SKIP' ? 'skip' : null })]
}

/** The choice of what to do with customers that are in the books already. */
export function KnownCustomers() {
  const { may } = useSession()
  const [known, choose] = useKnown()
  if (!may('commitImport')) return null
  return (
    <Radio.Group
      value={known}
      onChange={(value) => choose(value as ImportKnown)}
      label="Customers you already have"
      className={classes.known ?? ''}
    >
      <Group gap="md" mt={6}>
        <Radio value="UPDATE" label="Update them from the file" />
        <Radio value="SKIP" label="Leave them as they are" />
      </Group>
    </Radio.Group>
  )
}

/** The decision: what will happen to every row is said before the button that makes it happen. */
export function ImportCommit({ file }: { file: ImportStateFragment }) {
  const { locale } = useReader()
  const { may } = useSession()
  const [known] = useKnown()
  const { set } = useUrlState()
  const [commit, { loading }] = useMutation(CommitImportDocument)
  const [problem, setProblem] = useState<Problem>()
  const { imported, outcomes } = foresee(file.counts, known)
  if (!may('commitImport')) return null
  const begin = async (): Promise<void> => {
    setProblem(undefined)
    try {
      await commit({ variables: { id: file.id, known } })
      // The result is looked at from its first page, whatever was open in the review.
      set({ rows: null, after: null, page: null, known: null })
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <section className={classes.commit} aria-label="Import these rows">
      <Stack gap={6}>
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
            {file.counts.asked > 0 ? 'Its rows wait for an answer.' : 'No row of this file would change anything.'}
          </Text>
        )}
        <Button size="md" onClick={() => void begin()} loading={loading} disabled={imported === 0}>
          {imported === 0 ? 'Nothing to import' : known === 'SKIP' ? 'Import new customers' : `Import ${count(imported, 'row')}`}
        </Button>
      </div>
    </section>
  )
}

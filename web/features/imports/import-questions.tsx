'use client'
import { useApolloClient, useFragment, useMutation } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { Button, FileButton, Group, Radio, Stack, Text, Title } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { problemOf, type Problem } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { DiscardImportDocument, ImportQuestionsFragmentDoc, type ImportQuestionsFragment, UploadImportDocument } from '../../gql.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import classes from './imports.module.css'
import { columnLabel } from './import-words.ts'
import { given, keepFile, keptFile } from './kept-file.ts'

/** What the file left open. An answer reads the file again with it, and takes the place of this reading. */
export function ImportQuestions({ from }: { from: FragmentType<ImportQuestionsFragment> }) {
  const { data, complete } = useFragment({ fragment: ImportQuestionsFragmentDoc, fragmentName: 'ImportQuestions', from })
  if (!complete || data.asks.length === 0) return null
  return <Questions key={data.id} file={data} />
}

/** Answers as people read them; an option that is not here is shown as the server names it. */
const optionWords: Readonly<Record<string, string>> = {
  DMY: 'The day: 31/12/2026',
  MDY: 'The month: 12/31/2026',
  ',': 'The comma: 1.234,50',
  '.': 'The point: 1,234.50',
}

type Ask = ImportQuestionsFragment['asks'][number]
const keyOf = ({ about, column }: Ask): string => `${about} ${column}`

function Questions({ file }: { file: ImportQuestionsFragment }) {
  const client = useApolloClient()
  const router = useRouter()
  const { may } = useSession()
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map())
  const [upload, { loading }] = useMutation(UploadImportDocument)
  const [discard] = useMutation(DiscardImportDocument)
  const [problem, setProblem] = useState<Problem>()
  const kept = keptFile(file.id)
  const { asks } = file
  const answers = [
    ...given(file.id),
    ...asks.flatMap((ask) => {
      const answer = chosen.get(keyOf(ask))
      return answer === undefined ? [] : [{ about: ask.about, column: ask.column, answer }]
    }),
  ]
  const open = asks.some((ask) => !chosen.has(keyOf(ask)))

  const readAgain = async (bytes: File): Promise<void> => {
    setProblem(undefined)
    try {
      const { data } = await upload({ variables: { file: bytes, answers } })
      if (data === undefined) throw new Error('The upload was answered without an import')
      const next = data.uploadImport.id
      keepFile(next, bytes, answers)
      // The first reading is superseded; should that fail, it stays in the list, harmless.
      if (next !== file.id) await discard({ variables: { id: file.id } }).catch(() => undefined)
      client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'imports' })
      router.replace(`/import/${next}`)
    } catch (error) {
      setProblem(problemOf(error))
    }
  }

  return (
    <section className={classes.question} aria-labelledby="import-questions">
      <Title order={2} size="h4" id="import-questions" mb={4}>
        {asks.length === 1 ? 'One question first' : `${asks.length} questions first`}
      </Title>
      <Stack gap="md">
        {asks.map((ask) => (
          <Radio.Group
            key={keyOf(ask)}
            label={
              asks.some((other) => other !== ask && other.question === ask.question)
                ? `${columnLabel(ask.column)}: ${ask.question}`
                : ask.question
            }
            value={chosen.get(keyOf(ask)) ?? null}
            onChange={(value) => setChosen(new Map(chosen).set(keyOf(ask), value))}
          >
            <Group gap="md" mt={6}>
              {ask.options.map((option) => (
                <Radio key={option} value={option} label={optionWords[option] ?? option} disabled={!may('uploadImport')} />
              ))}
            </Group>
          </Radio.Group>
        ))}
        {problem !== undefined && <ProblemAlert title="The file could not be read again" problem={problem} focused />}
        {may('uploadImport') && (
          <Group gap="sm">
            {kept !== undefined ? (
              <Button onClick={() => void readAgain(kept)} loading={loading} disabled={open}>
                Read the file again
              </Button>
            ) : (
              <>
                <FileButton
                  accept=".xlsx,.csv"
                  onChange={(chosen) => {
                    if (chosen !== null) void readAgain(chosen)
                  }}
                >
                  {(props) => (
                    <Button {...props} loading={loading} disabled={open}>
                      Choose the file and read it again
                    </Button>
                  )}
                </FileButton>
                <Text size="sm" c="dimmed">
                  This page was loaded anew and no longer holds “{file.fileName}”.
                </Text>
              </>
            )}
          </Group>
        )}
      </Stack>
    </section>
  )
}

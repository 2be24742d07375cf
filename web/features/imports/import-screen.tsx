'use client'
import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import { Anchor, Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowLeft, IconFileUnknown } from '@tabler/icons-react'
import Link from 'next/link'
import { useState } from 'react'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { DiscardImportDocument, ImportScreenDocument, type ImportStateFragment, ImportTickDocument } from '../../gql.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Late } from '../../ui/late.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { Badge } from '../../ui/status.tsx'
import classes from './imports.module.css'
import { ImportCommit, KnownCustomers } from './import-commit.tsx'
import { ImportProgress } from './import-progress.tsx'
import { ImportQuestions } from './import-questions.tsx'
import { ImportResult } from './import-result.tsx'
import { ImportRows } from './import-rows.tsx'
import { ImportUnderstood } from './import-understood.tsx'
import { statusWords } from './import-words.ts'
import { Steps } from './steps.tsx'

/** One import, wherever it stands: its address is its state, so a reload or a colleague goes on from here. */
export function ImportScreen({ id }: { id: string }) {
  const { data, error, loading, refetch } = useQuery(ImportScreenDocument, { variables: { id }, fetchPolicy: 'cache-and-network' })
  const file = data?.import
  if (file !== undefined && file !== null) {
    return (
      <>
        <Head file={file} />
        <Steps at={file.status === 'REVIEW' ? 'review' : 'result'} />
        {file.status === 'REVIEW' && <ImportQuestions from={file} />}
        {file.status === 'REVIEW' && <ImportUnderstood from={file} />}
        {file.status === 'REVIEW' && <KnownCustomers />}
        {file.status === 'COMMITTING' && <Committing file={file} />}
        {(file.status === 'DONE' || file.status === 'DISCARDED') && <ImportResult file={file} />}
        {file.status !== 'DISCARDED' && file.status !== 'COMMITTING' && (
          <ImportRows key={file.status} id={id} status={file.status} counts={file.counts} />
        )}
        {file.status === 'REVIEW' && <ImportCommit file={file} />}
      </>
    )
  }
  if (error !== undefined && problemOf(error).code !== 'NOT_FOUND') {
    return (
      <>
        <PageHead title="Import" />
        <ProblemAlert title="The import could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      </>
    )
  }
  if (loading)
    return (
      <>
        <PageHead title="Import" />
        <Late>
          <Stack>
            <Skeleton h={20} w={260} />
            <Skeleton h={44} />
            <Skeleton h={360} />
          </Stack>
        </Late>
      </>
    )
  return (
    <>
      <PageHead title="Import" />
      <Empty
        icon={<IconFileUnknown size={22} stroke={1.6} />}
        title="There is no such import"
        actions={
          <Button component={Link} href="/import">
            All imports
          </Button>
        }
      >
        The address may be cut short. Every import that was not discarded is in the list.
      </Empty>
    </>
  )
}

function Head({ file }: { file: ImportStateFragment }) {
  const { locale } = useReader()
  const { may } = useSession()
  const { label, tone } = statusWords[file.status]
  return (
    <>
      <Anchor component={Link} href="/import" size="sm" mb={6} style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
        <IconArrowLeft size={15} aria-hidden />
        All imports
      </Anchor>
      <PageHead
        title={file.fileName}
        beside={<Badge tone={tone}>{label}</Badge>}
        actions={file.status === 'REVIEW' && may('discardImport') ? <Discard file={file} /> : undefined}
      >
        <span className={classes.facts}>
          <span>
            {file.counts.rows.toLocaleString(locale)} {file.counts.rows === 1 ? 'row' : 'rows'}
          </span>
          <span>
            uploaded by {file.uploadedBy} <Instant at={file.uploadedAt} />
          </span>
          {file.finishedAt !== null && (
            <span>
              finished <Instant at={file.finishedAt} />
            </span>
          )}
        </span>
      </PageHead>
    </>
  )
}

function Discard({ file }: { file: ImportStateFragment }) {
  const [asked, setAsked] = useState(false)
  const client = useApolloClient()
  const [discard] = useMutation(DiscardImportDocument)
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        Discard
      </Button>
      <Confirm
        opened={asked}
        onClose={() => setAsked(false)}
        title={`Discard “${file.fileName}”?`}
        verb="Discard"
        danger
        onConfirm={async () => {
          await discard({ variables: { id: file.id } })
          client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'imports' })
        }}
        onProblem={problemOf}
      >
        <Text size="sm">Nothing of this file has been written to the books, and nothing will be. To import it later, upload it again.</Text>
      </Confirm>
    </>
  )
}

/** Asks how far it is each second; the live connection tells the end as well, whichever comes first. */
function Committing({ file }: { file: ImportStateFragment }) {
  useQuery(ImportTickDocument, { variables: { id: file.id }, pollInterval: 1_000, fetchPolicy: 'network-only' })
  return <ImportProgress counts={file.counts} />
}

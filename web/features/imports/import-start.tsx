'use client'
import { useApolloClient, useMutation } from '@apollo/client/react'
import { Alert, Button, Loader, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { IconDownload, IconFileAlert } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { UploadImportDocument } from '../../gql.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import classes from './imports.module.css'
import { refusal } from './import-words.ts'
import { keepFile } from './kept-file.ts'
import { PastImports } from './past-imports.tsx'
import { Steps } from './steps.tsx'

// The drop zone brings a library of its own, which no other screen needs.
const FileDrop = dynamic(() => import('./file-drop.tsx').then(({ FileDrop: part }) => part), {
  ssr: false,
  loading: () => <Skeleton h={212} radius="md" />,
})

interface Refused {
  readonly fileName: string
  readonly reason: string
  readonly wayOut?: string | undefined
  readonly reference?: string | undefined
}

/** The first step: a file comes in and is read; nothing is written to the books. Past imports stand below. */
export function ImportStart() {
  const session = useSession()
  return (
    <>
      <PageHead
        title="Import"
        actions={
          session.may('uploadImport') && (
            <Button
              component="a"
              href="/templates/import.xlsx"
              download
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              Template
            </Button>
          )
        }
      >
        Customers and what they owe, out of an Excel or CSV file
      </PageHead>
      <Stack gap="xl">
        {session.may('uploadImport') && <Upload />}
        <PastImports />
      </Stack>
    </>
  )
}

function Upload() {
  const router = useRouter()
  const client = useApolloClient()
  const [upload] = useMutation(UploadImportDocument)
  const [travelling, setTravelling] = useState<File>()
  const [refused, setRefused] = useState<Refused>()
  const cancel = useRef<AbortController>(undefined)

  const take = async (file: File): Promise<void> => {
    setRefused(undefined)
    const known = refusal(file)
    if (known !== undefined) return setRefused({ fileName: file.name, ...known })
    const controller = new AbortController()
    cancel.current = controller
    setTravelling(file)
    try {
      const { data } = await upload({ variables: { file }, context: { fetchOptions: { signal: controller.signal } } })
      if (data === undefined) throw new Error('The upload was answered without an import')
      keepFile(data.uploadImport.id, file)
      client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'imports' })
      router.push(`/import/${data.uploadImport.id}`)
    } catch (error) {
      setTravelling(undefined)
      if (controller.signal.aborted) return
      const problem = problemOf(error)
      setRefused({ fileName: file.name, reason: problem.message, reference: problem.reference })
    }
  }

  return (
    <section aria-label="Upload a file">
      <Steps at="upload" />
      {refused !== undefined && <RefusedFile refused={refused} />}
      {travelling === undefined ? (
        <FileDrop onFile={(file) => void take(file)} />
      ) : (
        <Paper withBorder className={classes.travelling ?? ''} role="status">
          <Loader size="sm" aria-hidden />
          <Text fw={600}>Reading “{travelling.name}”</Text>
          <Text size="sm" c="dimmed">
            Every row is checked now. Nothing is written before you have seen it.
          </Text>
          <Button variant="default" size="compact-md" mt="xs" onClick={() => cancel.current?.abort()}>
            Cancel
          </Button>
        </Paper>
      )}
      <dl className={classes.accepted}>
        <div>
          <dt>Files</dt>
          <dd>.xlsx and .csv, up to 20 MB</dd>
        </div>
        <div>
          <dt>Columns</dt>
          <dd>In any order, in seven languages; what is not known is kept aside and named</dd>
        </div>
        <div>
          <dt>Rows</dt>
          <dd>One for each amount owed, or for a customer alone</dd>
        </div>
      </dl>
    </section>
  )
}

function RefusedFile({ refused }: { refused: Refused }) {
  if (refused.wayOut === undefined)
    return (
      <div className={classes.refused}>
        <ProblemAlert
          title={`“${refused.fileName}” was not taken`}
          problem={{ message: refused.reason, reference: refused.reference }}
          focused
        />
      </div>
    )
  return (
    <Alert
      role="alert"
      className={classes.refused ?? ''}
      color="red"
      icon={<IconFileAlert size={18} aria-hidden />}
      title={`“${refused.fileName}” was not taken`}
      styles={{ message: { color: 'inherit' } }}
    >
      <Text size="sm">{refused.reason}</Text>
      <Text size="sm" fw={600} mt={4}>
        {refused.wayOut}
      </Text>
    </Alert>
  )
}

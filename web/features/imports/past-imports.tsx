'use client'
import { useFragment, useQuery } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { Anchor, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { problemOf } from '../../apollo/problem.ts'
import { useLiveEvents } from '../../apollo/live.ts'
import { PastImportFragmentDoc, type PastImportFragment, PastImportsDocument } from '../../gql.ts'
import { CardRow, CardTable, Cell, type Column } from '../../ui/card-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Late } from '../../ui/late.tsx'
import { Pager } from '../../ui/pager.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { Badge } from '../../ui/status.tsx'
import { useUrlState } from '../../ui/use-url-state.ts'
import classes from './imports.module.css'
import { statusWords } from './import-words.ts'

const columns: readonly Column[] = [
  { key: 'file', label: 'File', card: 'title' },
  { key: 'status', label: 'Status', card: 'badge' },
  { key: 'rows', label: 'Rows', align: 'end' },
  { key: 'result', label: 'Result' },
  { key: 'by', label: 'Uploaded by' },
  { key: 'at', label: 'When' },
]
const size = 10

/** What was imported before, newest first; one in review can be taken up again by anybody. */
export function PastImports() {
  const { params, set } = useUrlState()
  const after = params.get('after')
  const { data, previousData, error, loading, refetch } = useQuery(PastImportsDocument, {
    variables: { after },
    fetchPolicy: 'cache-and-network',
  })
  useLiveEvents((event) => {
    if (event.type === 'IMPORT_FINISHED') void refetch()
  })
  const page = data?.imports ?? previousData?.imports
  return (
    <section aria-labelledby="past-imports">
      <Title order={2} size="h4" id="past-imports" mb="sm">
        Past imports
      </Title>
      {error !== undefined && (
        <ProblemAlert title="The past imports could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      )}
      {error === undefined && page === undefined && (
        <Late>
          <Stack gap={8}>
            {[0, 1, 2].map((row) => (
              <Skeleton key={row} h={44} />
            ))}
          </Stack>
        </Late>
      )}
      {page !== undefined && page.nodes.length === 0 && (
        <Paper withBorder>
          <Empty icon={<IconHistory size={22} stroke={1.6} />} title="Nothing imported yet">
            Each import stays here for good: who brought which file when, and what became of its rows.
          </Empty>
        </Paper>
      )}
      {page !== undefined && page.nodes.length > 0 && (
        <div className={classes.frame}>
          <CardTable label="Past imports" columns={columns} busy={loading && data === undefined}>
            {page.nodes.map((node) => (
              <PastImportRow key={node.id} from={node} />
            ))}
          </CardTable>
          <Pager
            label="Pages of past imports"
            after={after}
            shown={page.nodes.length}
            size={size}
            page={Number(params.get('page') ?? 1)}
            next={page.pageInfo.endCursor}
            hasNext={page.pageInfo.hasNextPage}
            words={{ previous: 'Newer', next: 'Older' }}
            onGo={(to, number) => set({ after: to, page: to === null ? null : String(number) }, 'push')}
          />
        </div>
      )}
    </section>
  )
}

function PastImportRow({ from }: { from: FragmentType<PastImportFragment> }) {
  const { locale } = useReader()
  const router = useRouter()
  const { data, complete } = useFragment({ fragment: PastImportFragmentDoc, fragmentName: 'PastImport', from })
  if (!complete) return null
  const { label, tone } = statusWords[data.status]
  const address = `/import/${data.id}`
  return (
    <CardRow
      onClick={(event) => {
        if (!(event.target instanceof HTMLAnchorElement)) router.push(address)
      }}
    >
      <Cell of="file">
        <Anchor component={Link} href={address} inherit className={classes.fileName ?? ''}>
          {data.fileName}
        </Anchor>
      </Cell>
      <Cell of="status">
        <Badge tone={tone}>{label}</Badge>
      </Cell>
      <Cell of="rows">
        <Text span inherit className={classes.number ?? ''}>
          {data.counts.rows.toLocaleString(locale)}
        </Text>
      </Cell>
      <Cell of="result">{inShort(data, locale)}</Cell>
      <Cell of="by">{data.uploadedBy}</Cell>
      <Cell of="at">
        <Instant at={data.uploadedAt} />
      </Cell>
    </CardRow>
  )
}

function inShort({ status, counts }: PastImportFragment, locale: string): string {
  if (status === 'DISCARDED') return 'Nothing was written'
  const parts: ReadonlyArray<readonly [number, string]> =
    status === 'REVIEW'
      ? [[counts.wrong, 'wrong']]
      : [
          [counts.created, 'created'],
          [counts.updated, 'updated'],
          [counts.skipped, 'skipped'],
          [counts.failed, 'failed'],
        ]
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number.toLocaleString(locale)} ${word}`)
  return said.length > 0 ? said.join(' · ') : status === 'REVIEW' ? 'Waits for a decision' : '—'
}

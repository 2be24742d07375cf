'use client'
import { useQuery } from '@apollo/client/react'
import { Button, Chip, Group, SegmentedControl, Skeleton, Stack, Title } from '@mantine/core'
import { IconBellOff, IconChecks, IconFilter, IconFilterOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useLiveNotifications } from '../../apollo/live.ts'
import { problemOf, type Problem } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { BellStateDocument, NotificationCentreDocument, type NotificationCentreQuery } from '../../gql.ts'
import { addDays, count, displayDay } from '../../ui/calendar.ts'
import { Empty } from '../../ui/empty.tsx'
import { Late } from '../../ui/late.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Pager } from '../../ui/pager.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { useUrlState } from '../../ui/use-url-state.ts'
import { NotificationLine } from './notification-line.tsx'
import { useReading } from './notification-reading.ts'
import { notificationTypes, typeWords } from './notification-words.ts'
import classes from './notifications.module.css'

const size = 30
type Node = NotificationCentreQuery['notifications']['nodes'][number]

/** Everything one was told, by day; filter and page are in the address. */
export function NotificationCentre() {
  const { may } = useSession()
  const { params, set } = useUrlState()
  const after = params.get('after')
  const unreadOnly = params.get('unread') === '1'
  // What only an administrator is told is no filter for others.
  const offered = notificationTypes.filter((type) => type !== 'ACCOUNT_WAITS' || may('approveStaff'))
  const types = offered.filter((type) => params.getAll('type').includes(type))
  const { data, previousData, error, loading, refetch } = useQuery(NotificationCentreDocument, {
    variables: { after, filter: { type: types.length > 0 ? types : null, unread: unreadOnly ? true : null } },
    fetchPolicy: 'cache-and-network',
  })
  const { data: state } = useQuery(BellStateDocument)
  const { markRead, markAllRead } = useReading()
  const [marking, setMarking] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const fresh = useFresh()
  const [choosing, setChoosing] = useState(false)
  const page = (data ?? previousData)?.notifications
  const unread = state?.notificationState.unread ?? 0
  const filtered = unreadOnly || types.length > 0
  const first = { after: null, page: null }

  const markAll = async (): Promise<void> => {
    setMarking(true)
    setProblem(undefined)
    try {
      await markAllRead(state?.notificationState.latest ?? '0')
    } catch (failure) {
      setProblem(problemOf(failure))
    } finally {
      setMarking(false)
    }
  }
  const markOne = (id: string): void => void markRead([id]).catch((failure: unknown) => setProblem(problemOf(failure)))
  const showNew = (): void => {
    fresh.seen()
    if (after === null) void refetch()
    else set(first)
  }

  return (
    <>
      <PageHead
        title="Notifications"
        actions={
          <Button
            variant="default"
            leftSection={<IconChecks size={16} aria-hidden />}
            disabled={unread === 0}
            loading={marking}
            onClick={() => void markAll()}
          >
            Mark all read
          </Button>
        }
      >
        {unread === 0 ? 'You have read everything' : `${unread.toLocaleString()} unread`}
      </PageHead>
      <Group gap="sm" mb="md" align="center">
        <SegmentedControl
          size="sm"
          aria-label="Which to show"
          value={unreadOnly ? 'unread' : 'all'}
          onChange={(value) => set({ unread: value === 'unread' ? '1' : null, ...first })}
          data={[
            { value: 'all', label: 'All' },
            { value: 'unread', label: 'Unread' },
          ]}
        />
        <Button
          hiddenFrom="sm"
          variant="default"
          size="sm"
          leftSection={<IconFilter size={16} aria-hidden />}
          aria-expanded={choosing}
          aria-controls="notification-types"
          onClick={() => setChoosing(!choosing)}
        >
          {types.length === 0 ? 'All types' : count(types.length, 'type')}
        </Button>
        <Chip.Group multiple value={types} onChange={(value: string[]) => set({ type: value, ...first })}>
          <div id="notification-types" role="group" aria-label="Filter by type" className={classes.types} data-open={choosing || undefined}>
            {offered.map((type) => (
              <Chip key={type} value={type} size="sm" radius="sm" variant="outline">
                {typeWords[type].title}
              </Chip>
            ))}
          </div>
        </Chip.Group>
      </Group>
      {problem !== undefined && (
        <Stack mb="md">
          <ProblemAlert title="They could not be marked" problem={problem} focused />
        </Stack>
      )}
      <div role="status">
        {fresh.count > 0 && (
          <Button fullWidth variant="light" size="compact-md" mb="sm" onClick={showNew}>{`${fresh.count} new: show`}</Button>
        )}
      </div>
      {error !== undefined && (
        <ProblemAlert title="The notifications could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      )}
      {error === undefined && page === undefined && (
        <Late>
          <Stack gap={8}>
            {Array.from({ length: 7 }, (_, row) => (
              <Skeleton key={row} h={64} />
            ))}
          </Stack>
        </Late>
      )}
      {page !== undefined && page.nodes.length === 0 && (
        <div className={classes.panel}>
          {filtered ? (
            <Empty
              icon={<IconFilterOff size={22} stroke={1.6} />}
              title={unreadOnly && types.length === 0 ? 'Nothing unread' : 'None like that'}
              actions={
                <Button variant="default" onClick={() => set({ unread: null, type: null, ...first })}>
                  Show all
                </Button>
              }
            >
              {unreadOnly && types.length === 0 ? 'You have read everything you were told.' : 'No notification matches the filter.'}
            </Empty>
          ) : (
            <Empty icon={<IconBellOff size={22} stroke={1.6} />} title="Nothing yet">
              Payments that come in, fail or are reversed, dues that pass their date, new customers and finished imports are told here the
              moment they happen.
            </Empty>
          )}
        </div>
      )}
      {page !== undefined && page.nodes.length > 0 && (
        <div aria-busy={loading && data === undefined} className={classes.days} data-busy={(loading && data === undefined) || undefined}>
          <Days nodes={page.nodes} onRead={markOne} />
          <Pager
            label="Pages of notifications"
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
    </>
  )
}

/** Counts what arrived since the list was asked for: rows don't jump under the reader's finger. */
function useFresh(): { readonly count: number; readonly seen: () => void } {
  const [count, setCount] = useState(0)
  useLiveNotifications(() => setCount((before) => before + 1))
  return { count, seen: () => setCount(0) }
}

function Days({ nodes, onRead }: { nodes: readonly Node[]; onRead: (id: string) => void }) {
  const { locale, today } = useReader()
  const { company } = useSession()
  // The company's day, as everywhere: at midnight abroad it is still the same business day.
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: company.timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const days = Map.groupBy(nodes, ({ at }) => dayOf.format(new Date(at)))
  return [...days].map(([day, told]) => (
    <section key={day} className={classes.panel} aria-labelledby={`day-${day}`}>
      <Title order={2} size="h5" id={`day-${day}`} className={classes.day ?? ''}>
        {day === today ? 'Today' : day === addDays(today, -1) ? 'Yesterday' : displayDay(day, locale, 'long')}
      </Title>
      <ul className={classes.lines}>
        {told.map((node) => (
          <NotificationLine key={node.id} from={node} onRead={onRead} />
        ))}
      </ul>
    </section>
  ))
}

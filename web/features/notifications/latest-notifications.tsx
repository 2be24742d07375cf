'use client'
import { useQuery } from '@apollo/client/react'
import { Anchor, Skeleton, Stack, Text, Title } from '@mantine/core'
import Link from 'next/link'
import { useLiveNotifications } from '../../apollo/live.ts'
import { problemOf } from '../../apollo/problem.ts'
import { LatestNotificationsDocument } from '../../gql.ts'
import { Late } from '../../ui/late.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { NotificationLine } from './notification-line.tsx'
import { useReading } from './notification-reading.ts'
import classes from './notifications.module.css'

/** What happened last, as it happens: a panel for the dashboard. */
export function LatestNotifications() {
  const { data, error, refetch } = useQuery(LatestNotificationsDocument, { fetchPolicy: 'cache-and-network' })
  // One that could not be marked keeps its dot; here that says enough.
  const { markRead } = useReading()
  useLiveNotifications(() => void refetch())
  return (
    <section className={classes.panel} aria-labelledby="latest-notifications">
      <div className={classes.panelHead}>
        <Title order={2} size="h4" id="latest-notifications">
          Latest events
        </Title>
        <Anchor component={Link} href="/notifications" size="sm">
          All notifications
        </Anchor>
      </div>
      {error !== undefined && data === undefined && (
        <ProblemAlert title="They could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      )}
      {error === undefined && data === undefined && (
        <Late>
          <Stack gap={6} p="sm">
            {[0, 1, 2, 3].map((row) => (
              <Skeleton key={row} h={52} />
            ))}
          </Stack>
        </Late>
      )}
      {data !== undefined && data.notifications.nodes.length === 0 && (
        <Text size="sm" c="dimmed" py="lg" px="md">
          Nothing has happened yet. Payments, overdue dues, new customers and finished imports appear here the moment they happen.
        </Text>
      )}
      {data !== undefined && data.notifications.nodes.length > 0 && (
        <ul className={classes.lines} aria-label="Latest events">
          {data.notifications.nodes.map((node) => (
            <NotificationLine key={node.id} from={node} onRead={(id) => void markRead([id]).catch(() => undefined)} />
          ))}
        </ul>
      )}
    </section>
  )
}

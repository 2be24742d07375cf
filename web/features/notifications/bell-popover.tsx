'use client'
import { useQuery } from '@apollo/client/react'
import { Anchor, Button, Popover, Skeleton, Stack, Text, Title } from '@mantine/core'
import Link from 'next/link'
import { useEffect, useId, useRef, useState } from 'react'
import { useLiveNotifications } from '../../apollo/live.ts'
import { type Problem, problemOf } from '../../apollo/problem.ts'
import { BellLatestDocument } from '../../gql.ts'
import { Late } from '../../ui/late.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { BellButton } from './bell-button.tsx'
import classes from './notifications.module.css'
import { NotificationLine } from './notification-line.tsx'
import { useReading } from './notification-reading.ts'

/** The bell with what it opens. It takes the place of the button that was pressed, with its focus, and opens at once. */
export function BellPopover({ unread, latest }: { unread: number; latest: string }) {
  const [opened, setOpened] = useState(false)
  const title = useId()
  const target = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    target.current?.focus()
    // In the next frame: on closing, the popover gives the focus back to what had it when it opened.
    const frame = requestAnimationFrame(() => setOpened(true))
    return () => cancelAnimationFrame(frame)
  }, [])
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      offset={12}
      width="min(400px, calc(100vw - 16px))"
      shadow="lg"
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <BellButton ref={target} unread={unread} onClick={() => setOpened(!opened)} />
      </Popover.Target>
      <Popover.Dropdown p={0} aria-labelledby={title} className={classes.popover ?? ''}>
        <Latest titleId={title} unread={unread} latest={latest} onClose={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** The last ten; asked for when the popover opens, and again when something arrives while it is open. */
function Latest({ titleId, unread, latest, onClose }: { titleId: string; unread: number; latest: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery(BellLatestDocument, { fetchPolicy: 'cache-and-network' })
  const { markRead, markAllRead } = useReading()
  const [marking, setMarking] = useState(false)
  useLiveNotifications(() => void refetch())
  const [problem, setProblem] = useState<Problem>()
  const mark = async (work: () => Promise<void>): Promise<void> => {
    setMarking(true)
    setProblem(undefined)
    try {
      await work()
    } catch (failure) {
      setProblem(problemOf(failure))
    } finally {
      setMarking(false)
    }
  }
  return (
    <>
      <div className={classes.popoverHead}>
        <Title order={2} size="h4" id={titleId}>
          Notifications
        </Title>
        {/* Never truly disabled: the focus would leave the popover, and Escape would no longer close it. */}
        <Button
          variant="subtle"
          size="compact-sm"
          data-disabled={unread === 0}
          aria-disabled={unread === 0}
          aria-busy={marking}
          onClick={() => {
            if (unread > 0 && !marking) void mark(() => markAllRead(latest))
          }}
        >
          Mark all read
        </Button>
      </div>
      <div className={classes.popoverList}>
        {problem !== undefined && <ProblemAlert title="They could not be marked" problem={problem} focused />}
        {error !== undefined && data === undefined && (
          <ProblemAlert title="They could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
        )}
        {error === undefined && data === undefined && (
          <Late>
            <Stack gap={6} p="sm">
              {[0, 1, 2].map((row) => (
                <Skeleton key={row} h={52} />
              ))}
            </Stack>
          </Late>
        )}
        {data !== undefined && data.notifications.nodes.length === 0 && (
          <Text size="sm" c="dimmed" ta="center" py="xl" px="md">
            Nothing yet. Payments, overdue dues, new customers and finished imports are told here.
          </Text>
        )}
        {data !== undefined && data.notifications.nodes.length > 0 && (
          <ul className={classes.lines} aria-label="Last notifications">
            {data.notifications.nodes.map((node) => (
              <NotificationLine key={node.id} from={node} onRead={(id) => void mark(() => markRead([id]))} onOpen={onClose} />
            ))}
          </ul>
        )}
      </div>
      <div className={classes.popoverFoot}>
        <Anchor component={Link} href="/notifications" size="sm" fw={550} onClick={onClose}>
          All notifications
        </Anchor>
      </div>
    </>
  )
}

'use client'
import { Group, Progress, Text, Title } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { count } from '../../ui/calendar.ts'
import { useNow } from '../../ui/instant.tsx'
import { useReader } from '../../ui/reader.tsx'
import classes from './imports.module.css'
import { type Counts, handledOf, progressOf } from './import-words.ts'

/** How far the import is; it runs on the server, so the page may be left. */
export function ImportProgress({ counts }: { counts: Counts }) {
  const { locale } = useReader()
  const percent = progressOf(counts)
  const handled = handledOf(counts)
  const pace = usePace(handled)
  const left = pace === undefined ? undefined : Math.ceil((counts.rows - handled) / pace)
  const heading = useRef<HTMLHeadingElement>(null)
  // The button that began this is gone; the focus goes where the news is.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <section className={classes.panel} aria-labelledby="import-progress">
      <Title order={2} size="h4" id="import-progress" ref={heading} tabIndex={-1} mb="xs" style={{ outline: 'none' }}>
        Importing
      </Title>
      <Progress value={percent} size="lg" radius="xl" animated={percent < 100} aria-label="Rows imported" />
      <Group justify="space-between" mt={8} gap="xs">
        <Text size="sm" className={classes.number ?? ''}>
          {handled.toLocaleString(locale)} of {count(counts.rows, 'row')}
        </Text>
        <Text size="sm" c="dimmed" className={classes.number ?? ''}>
          {pace !== undefined && `${Math.round(pace).toLocaleString(locale)} rows a second`}
          {left !== undefined && left > 1 && `, ${left < 90 ? count(left, 'second') : count(Math.round(left / 60), 'minute')} left`}
        </Text>
      </Group>
      <Text size="sm" c="dimmed" mt="sm">
        You may leave this page: the import goes on, and a notification tells when it has ended.
      </Text>
    </section>
  )
}

/** Rows a second since this page began to watch; undefined until that says something. */
function usePace(handled: number): number | undefined {
  const [start] = useState(() => ({ at: Date.now(), handled }))
  const ms = useNow(1_000) - start.at
  return ms < 1_500 || handled === start.handled ? undefined : ((handled - start.handled) * 1_000) / ms
}

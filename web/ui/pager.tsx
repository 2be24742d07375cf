'use client'
import { Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useReader } from './reader.tsx'

interface Props {
  /** What is paged, for screen readers: “Pages of customers”. */
  label: string
  /** Where this page begins; null is the first one. It lives in the address. */
  after: string | null
  /** How many stand on this page, and how many on a full one. */
  shown: number
  size: number
  /** The page that the address names, 1 for the first: a cursor alone doesn't say how far along it is. */
  page: number
  total?: { readonly count: number; readonly more: boolean } | undefined
  next: string | null | undefined
  hasNext: boolean
  words?: { readonly previous: string; readonly next: string }
  onGo: (after: string | null, page: number) => void
}

/**
 * Walks a list by cursors. A cursor leads only forwards, so each page's way back is kept for this tab, also over a reload and however
 * one came to the page; somebody who was sent its address is led to the first page.
 */
export function Pager({
  label,
  after,
  shown,
  size,
  page,
  total,
  next,
  hasNext,
  words = { previous: 'Previous', next: 'Next' },
  onGo,
}: Props) {
  const { locale } = useReader()
  if (after === null && !hasNext) return null
  const number = (value: number): string => value.toLocaleString(locale)
  const from = (page - 1) * size + 1
  const back = (): void => {
    const before = after === null ? null : sessionStorage.getItem(wayBack(after))
    if (before === null || before === '') onGo(null, 1)
    else onGo(before, page - 1)
  }
  const forward = (): void => {
    if (next === null || next === undefined) return
    sessionStorage.setItem(wayBack(next), after ?? '')
    onGo(next, page + 1)
  }
  return (
    <Group component="nav" aria-label={label} justify="space-between" gap="sm" px="sm" py="xs">
      <Text size="sm" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {number(from)}–{number(from + shown - 1)}
        {total !== undefined && (
          <>
            {' '}
            of {number(total.count)}
            {total.more && '+'}
          </>
        )}
      </Text>
      <Group gap="xs">
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconChevronLeft size={16} aria-hidden />}
          disabled={after === null}
          onClick={back}
        >
          {words.previous}
        </Button>
        <Button
          size="compact-md"
          variant="default"
          rightSection={<IconChevronRight size={16} aria-hidden />}
          disabled={!hasNext}
          onClick={forward}
        >
          {words.next}
        </Button>
      </Group>
    </Group>
  )
}

const wayBack = (after: string): string => `collection.before.${after}`

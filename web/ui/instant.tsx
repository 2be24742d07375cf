'use client'
import { useEffect, useState } from 'react'
import { useReader } from './reader.tsx'

const steps: ReadonlyArray<readonly [unit: Intl.RelativeTimeFormatUnit, ms: number]> = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** How long ago something happened, with the exact moment on hover and for screen readers that ask. */
export function Instant({ at }: { at: string }) {
  const { locale } = useReader()
  const now = useNow(30_000)
  const exact = new Date(at).toLocaleString(locale, { dateStyle: 'full', timeStyle: 'medium' })
  return (
    <time dateTime={at} title={exact} style={{ whiteSpace: 'nowrap' }}>
      {relativeInstant(at, now)}
    </time>
  )
}

/** “just now”, “5 minutes ago”; a clock of the reader's that is slow reads as “just now” too. */
export function relativeInstant(at: string, now: number): string {
  const ms = Date.parse(at) - now
  const step = steps.find(([, size]) => Math.abs(ms) >= size)
  if (step === undefined || ms > 0) return 'just now'
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(ms / step[1]), step[0])
}

/** The reader's clock, told anew every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

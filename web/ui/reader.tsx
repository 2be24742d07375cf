'use client'
import { createContext, type ReactNode, use, useMemo } from 'react'

/** What drawing needs to know of the reader: their locale for numbers and dates, and which day it is for the company. */
export interface Reader {
  readonly locale: string
  /** The business date, YYYY-MM-DD; it comes from the server, never from this machine's clock. */
  readonly today: string
}

const ReaderContext = createContext<Reader | undefined>(undefined)

export function ReaderProvider({ locale, today, children }: Reader & { children: ReactNode }) {
  const reader = useMemo(() => ({ locale, today }), [locale, today])
  return <ReaderContext value={reader}>{children}</ReaderContext>
}

export function useReader(): Reader {
  const reader = use(ReaderContext)
  if (reader === undefined) throw new Error('Money and dates are drawn inside a ReaderProvider')
  return reader
}

/** The locale that the browser is set to; a company's own where the browser names none that works. */
export function readersLocale(fallback: string): string {
  for (const locale of [...navigator.languages, fallback]) {
    try {
      return new Intl.Locale(locale).toString()
    } catch {
      // A malformed tag of the browser's: the next one.
    }
  }
  return 'en'
}

'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export type UrlPatch = Readonly<Record<string, string | readonly string[] | null | undefined>>

/**
 * The address as state: filter, sort and cursor live there, so that a reload, a colleague or the back button find the same view.
 * `set` merges: null, undefined, '' and [] remove a name; several values repeat it. `push` makes a step for the back button.
 */
export function useUrlState(): { readonly params: URLSearchParams; readonly set: (patch: UrlPatch, how?: 'replace' | 'push') => void } {
  const params = useSearchParams()
  const path = usePathname()
  const set = useCallback(
    (patch: UrlPatch, how: 'replace' | 'push' = 'replace') => {
      // Read anew: two changes in one tick must not undo each other.
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(patch)) {
        next.delete(name)
        for (const one of typeof value === 'string' ? [value] : (value ?? [])) if (one !== '') next.append(name, one)
      }
      const text = next.toString()
      // Pressed twice before the screen has followed: one step for the back button, not two.
      if (text === window.location.search.slice(1)) return
      // Next follows the history itself; going through its router would ask the server for a page that holds no data.
      window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', text === '' ? path : `${path}?${text}`)
    },
    [path],
  )
  return { params, set }
}

'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useMemo, useSyncExternalStore } from 'react'

export type UrlPatch = Readonly<Record<string, string | readonly string[] | null | undefined>>

/**
 * The address as state: filter, sort and cursor live there, so that a reload, a colleague or the back button find the same view.
 * `set` merges: null, undefined, '' and [] remove a name; several values repeat it. `push` makes a step for the back button.
 */
export function useUrlState(): { readonly params: URLSearchParams; readonly set: (patch: UrlPatch, how?: 'replace' | 'push') => void } {
  const routed = useSearchParams().toString()
  const path = usePathname()
  // Next follows the address in a transition. A query whose variables come from it would be drawn with the old ones in between, and
  // ask the server for both by turns; so the address itself is read, except while another page is on its way in or out.
  const search = useSyncExternalStore(
    subscribe,
    () => (window.location.pathname === path ? window.location.search.slice(1) : routed),
    () => routed,
  )
  const params = useMemo(() => new URLSearchParams(search), [search])
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
      for (const changed of listeners) changed()
    },
    [path],
  )
  return { params, set }
}

const listeners = new Set<() => void>()

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  window.addEventListener('popstate', changed)
  return () => {
    listeners.delete(changed)
    window.removeEventListener('popstate', changed)
  }
}

'use client'
import { useRouter } from 'next/navigation'
import { type MouseEvent, type RefObject, useRef } from 'react'
import { useShortcut } from './shortcuts.tsx'

/** The attribute of the link in each row that `j` and `k` walk over; Enter then is the link's own. */
export const walked = { 'data-walk': true } as const

/** Lets `j` and `k` walk down and up the rows of a list; the answer is the ref of what holds the rows. */
export function useWalk<Holder extends HTMLElement>(): RefObject<Holder | null> {
  const holder = useRef<Holder>(null)
  const step = (by: 1 | -1): void => {
    const links = [...(holder.current?.querySelectorAll<HTMLElement>('[data-walk]') ?? [])]
    const row = document.activeElement?.closest('[role="row"]')
    const at = links.findIndex((link) => link === document.activeElement || (row !== null && row?.contains(link) === true))
    links[at === -1 ? (by === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))]?.focus()
  }
  useShortcut('j', 'Next row', () => step(1))
  useShortcut('k', 'Previous row', () => step(-1))
  return holder
}

/** Makes a whole row lead where its link leads: with ctrl or the middle button in a new tab, but never while text is being selected. */
export function useOpenRow(href: string): { onClick: (event: MouseEvent) => void; onAuxClick: (event: MouseEvent) => void } {
  const router = useRouter()
  const open = (event: MouseEvent): void => {
    if ((event.target as Element).closest('a, button, input, [role="menu"], [role="dialog"]') !== null) return
    if (event.button > 1 || (window.getSelection()?.toString() ?? '') !== '') return
    if (event.ctrlKey || event.metaKey || event.button === 1) window.open(href, '_blank', 'noopener')
    else router.push(href)
  }
  return { onClick: open, onAuxClick: open }
}

'use client'
import { Kbd } from '@mantine/core'
import { createContext, type ReactNode, use, useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { Modal } from './modal.tsx'
import classes from './shortcuts.module.css'

interface Shortcut {
  /** One key, or two after each other with a space between: `j`, `g c`. */
  readonly keys: string
  readonly label: string
  readonly act: () => void
}

interface Shortcuts {
  readonly add: (shortcut: Shortcut) => () => void
  readonly show: () => void
}

const ShortcutsContext = createContext<Shortcuts | undefined>(undefined)
const secondKeyWithinMs = 1_200

/** Listens for shortcuts outside of fields, and lists them on `?`. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const known = useRef(new Set<Shortcut>())
  const [listed, setListed] = useState<readonly Shortcut[]>()

  const show = useCallback(() => setListed([...known.current]), [])
  const value = useMemo<Shortcuts>(
    () => ({
      add: (shortcut) => {
        known.current.add(shortcut)
        return () => known.current.delete(shortcut)
      },
      show,
    }),
    [show],
  )

  useEffect(() => {
    let before = ''
    let at = 0
    const onKey = (event: KeyboardEvent): void => {
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        typesText(event.target) ||
        document.querySelector('[role="dialog"][aria-modal="true"]')
      )
        return
      const pair = `${before} ${event.key}`
      const isPair = before !== '' && event.timeStamp - at < secondKeyWithinMs
      // The latest registration wins: a screen may use a key for itself.
      const found =
        [...known.current].reverse().find(({ keys }) => keys === (isPair ? pair : event.key)) ??
        [...known.current].reverse().find(({ keys }) => keys === event.key)
      before = found === undefined ? event.key : ''
      at = event.timeStamp
      if (found !== undefined) {
        event.preventDefault()
        found.act()
      } else if (event.key === '?') {
        event.preventDefault()
        show()
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [show])

  return (
    <ShortcutsContext value={value}>
      {children}
      <Modal opened={listed !== undefined} onClose={() => setListed(undefined)} title="Keyboard shortcuts">
        <dl className={classes.list}>
          {[...(listed ?? []), { keys: '?', label: 'Show this list' }, { keys: 'Esc', label: 'Close what is on top' }].map(
            ({ keys, label }) => (
              <div key={`${keys} ${label}`}>
                <dt>{label}</dt>
                <dd>
                  {keys.split(' ').map((key, index) => (
                    <span key={key}>
                      {index > 0 && ' then '}
                      <Kbd>{key}</Kbd>
                    </span>
                  ))}
                </dd>
              </div>
            ),
          )}
        </dl>
      </Modal>
    </ShortcutsContext>
  )
}

/** A shortcut while the component is on screen; it is listed on `?` under its label. */
export function useShortcut(keys: string, label: string, act: () => void): void {
  const shortcuts = use(ShortcutsContext)
  const latest = useEffectEvent(act)
  useEffect(() => shortcuts?.add({ keys, label, act: () => latest() }), [shortcuts, keys, label])
}

export function useShortcutList(): () => void {
  return use(ShortcutsContext)?.show ?? (() => {})
}

function typesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select'))
  )
}

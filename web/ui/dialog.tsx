'use client'
import { Button, Group, type ModalProps, Stack, Text } from '@mantine/core'
import { useMediaQuery, useWindowEvent } from '@mantine/hooks'
import { createContext, type FormEvent, type KeyboardEvent, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react'
import classes from './dialog.module.css'
import { Modal } from './modal.tsx'

interface Guard {
  /** False while it fades out: what is pressed then, the second half of a double click say, no longer counts. */
  readonly opened: boolean
  readonly asking: boolean
  readonly setDirty: (dirty: boolean) => void
  /** Asks first when something was typed. */
  readonly leave: () => void
  readonly stay: () => void
  readonly discard: () => void
}
const GuardContext = createContext<Guard | undefined>(undefined)

/**
 * A dialog that holds one form. Its content lives only while it is open, so that each opening starts afresh (and makes a new key for
 * a new payment); leaving with something typed asks first, however one leaves.
 */
export function Dialog({
  opened,
  onClose,
  title,
  size = 'md',
  children,
}: Pick<ModalProps, 'opened' | 'onClose' | 'title' | 'size'> & { children: ReactNode }) {
  const dirty = useRef(false)
  const [asking, setAsking] = useState(false)
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const discard = (): void => {
    dirty.current = false
    setAsking(false)
    onClose()
  }
  const setDirty = useCallback((value: boolean) => {
    dirty.current = value
  }, [])
  const leave = (): void => (dirty.current ? setAsking(true) : discard())
  useWindowEvent('beforeunload', (event) => {
    if (opened && dirty.current) event.preventDefault()
  })
  const guard: Guard = { opened, asking, setDirty, leave, stay: () => setAsking(false), discard }
  return (
    <Modal
      opened={opened}
      onClose={asking ? guard.stay : leave}
      title={title}
      size={size}
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': 'Close' }}
      onKeyDown={(event: KeyboardEvent<HTMLDivElement>) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.currentTarget.querySelector('form')?.requestSubmit()
      }}
      classNames={{ title: classes.title ?? '', body: classes.body ?? '' }}
    >
      <GuardContext value={guard}>{children}</GuardContext>
    </Modal>
  )
}

/** Closes the dialog around it without asking, for after a success. */
export function useCloseDialog(): () => void {
  return useGuard().discard
}

function useGuard(): Guard {
  const guard = use(GuardContext)
  if (guard === undefined) throw new Error('A dialog’s form lives in a Dialog')
  return guard
}

/** The form of a Dialog with its footer: Ctrl-Enter sends it, the first wrong field gets the focus, one press sends it once. */
export function DialogForm({
  dirty,
  busy,
  submit,
  danger = false,
  errors,
  onSubmit,
  children,
}: {
  dirty: boolean
  busy: boolean
  submit: ReactNode
  danger?: boolean
  /** The form's errors by path: after each attempt the first field that has one is focused. */
  errors?: Readonly<Record<string, ReactNode>>
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  children: ReactNode
}) {
  const guard = useGuard()
  const form = useRef<HTMLFormElement>(null)
  const attempted = useRef(false)
  const { setDirty } = guard
  useEffect(() => setDirty(dirty), [setDirty, dirty])
  // The form may arrive after the dialog, which has then looked for its first field in vain. What stands there is replaced by typing.
  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>('[data-autofocus]')
    first?.focus()
    if (first instanceof HTMLInputElement) first.select()
  }, [])
  useEffect(() => {
    if (!attempted.current || errors === undefined || Object.keys(errors).length === 0) return
    attempted.current = false
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])
  return (
    <form
      ref={form}
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (busy || guard.asking || !guard.opened) return
        attempted.current = true
        onSubmit(event)
      }}
    >
      <Stack gap="md">{children}</Stack>
      {guard.asking ? (
        <Group role="alertdialog" aria-label="Discard what you typed?" className={classes.footer ?? ''} justify="space-between">
          <Text size="sm" fw={600}>
            Discard what you typed?
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={guard.stay} autoFocus>
              Keep editing
            </Button>
            <Button color="red" onClick={guard.discard}>
              Discard
            </Button>
          </Group>
        </Group>
      ) : (
        <Group className={classes.footer ?? ''} justify="flex-end" gap="xs">
          <Button variant="default" onClick={guard.leave}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} {...(danger ? { color: 'red' } : {})}>
            {submit}
          </Button>
        </Group>
      )}
    </form>
  )
}

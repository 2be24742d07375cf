'use client'
import { Button, Group, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Modal } from './modal.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface Props {
  opened: boolean
  onClose: () => void
  /** A question that names the thing: “Archive Ada Lovelace?” */
  title: string
  /** What will happen, and whether it can be taken back. */
  children: ReactNode
  /** The verb, never “OK”: “Archive”. */
  verb: string
  danger?: boolean
  disabled?: boolean
  /** The dialog stays, busy, until this is done; it closes when all went well, and shows what `onProblem` makes of a failure. */
  onConfirm: () => Promise<unknown>
  onProblem: (error: unknown) => { message: string; reference?: string | undefined }
}

/** A question before something that matters. */
export function Confirm({ opened, onClose, title, children, verb, danger = false, disabled = false, onConfirm, onProblem }: Props) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ReturnType<Props['onProblem']>>()
  const close = (): void => {
    setProblem(undefined)
    onClose()
  }
  const confirm = async (): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      await onConfirm()
      close()
    } catch (error) {
      setProblem(onProblem(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={close} title={title} closeOnClickOutside={!busy} closeOnEscape={!busy} withCloseButton={!busy}>
      <Stack>
        <div>{children}</div>
        {problem !== undefined && <ProblemAlert problem={problem} focused />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} disabled={busy}>
            Cancel
          </Button>
          <Button {...(danger && { color: 'red' })} onClick={() => void confirm()} loading={busy} disabled={disabled} data-autofocus>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

'use client'
import { Alert, Button, CopyButton, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'

interface Props {
  problem: { readonly message: string; readonly reference?: string | undefined }
  /** What failed, as a short heading: “The customers could not be loaded”. */
  title?: string
  onRetry?: (() => void) | undefined
  /** Moves the focus here, for a form whose submission failed. */
  focused?: boolean
}

/** A failure: what happened, what to do next, and the reference that an administrator finds in the log. */
export function ProblemAlert({ problem, title, onRetry, focused = false }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focused) box.current?.focus()
  }, [focused, problem])
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      color="red"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      {...(title !== undefined && { title })}
      styles={{ message: { color: 'inherit' } }}
    >
      <Text size="sm">{problem.message}</Text>
      {(onRetry !== undefined || problem.reference !== undefined) && (
        <Group gap="sm" mt="xs">
          {onRetry !== undefined && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
          {problem.reference !== undefined && (
            <CopyButton value={problem.reference}>
              {({ copied, copy }) => (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  onClick={copy}
                  aria-label={`Copy the reference ${problem.reference}`}
                >
                  {copied ? 'Copied' : `Reference ${problem.reference}`}
                </Button>
              )}
            </CopyButton>
          )}
        </Group>
      )}
    </Alert>
  )
}

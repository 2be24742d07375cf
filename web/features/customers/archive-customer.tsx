'use client'
import { useMutation } from '@apollo/client/react'
import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { archiveReason } from 'schema/customer'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { ArchiveCustomerDocument, RestoreCustomerDocument } from '../../gql.ts'
import { DialogForm, useCloseDialog } from '../../ui/dialog.tsx'
import { Money } from '../../ui/money.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { showUndo } from '../../ui/undo-toast.tsx'

/** Says what archiving does before it is done; whoever owes is put away only with a reason. */
export function ArchiveCustomer({
  id,
  name,
  outstanding,
  currency,
  onChanged,
}: {
  id: string
  name: string
  outstanding: string
  currency: string
  onChanged: () => void
}) {
  const close = useCloseDialog()
  const [archive, { loading }] = useMutation(ArchiveCustomerDocument)
  const [restore] = useMutation(RestoreCustomerDocument)
  const [problem, setProblem] = useState<Problem>()
  const owes = /[1-9]/.test(outstanding)
  const form = useForm({
    initialValues: { reason: '' },
    validate: ({ reason }) => {
      if (reason.trim() === '') return owes ? { reason: 'Say why: this customer still owes money.' } : {}
      const checked = archiveReason.safeParse(reason)
      return checked.success ? {} : { reason: checked.error.issues[0]?.message }
    },
  })
  const save = async ({ reason }: { reason: string }): Promise<void> => {
    setProblem(undefined)
    try {
      await archive({ variables: { id, reason: reason.trim() === '' ? null : reason.trim() } })
      close()
      onChanged()
      showUndo(`${name} is archived.`, () => restore({ variables: { id } }).then(onChanged), problemOf)
    } catch (error) {
      const failed = problemOf(error)
      form.setErrors(faultsByPath(failed))
      if (!failed.fields.some(({ path }) => path === 'reason')) setProblem(failed)
    }
  }
  return (
    <DialogForm dirty={form.isDirty()} busy={loading} submit="Archive" errors={form.errors} onSubmit={form.onSubmit(save)}>
      {problem !== undefined && <ProblemAlert title="The customer was not archived" problem={problem} focused />}
      <Text size="sm">
        {owes && (
          <>
            <Money amount={outstanding} currency={currency} /> is still outstanding.{' '}
          </>
        )}
        An archived customer takes no new dues or payments and is listed only under “Archived”. Its history stays, and it can be restored at
        any time.
      </Text>
      <TextInput label="Reason" withAsterisk={owes} data-autofocus autoComplete="off" {...form.getInputProps('reason')} />
    </DialogForm>
  )
}

'use client'
import { useMutation } from '@apollo/client/react'
import { SimpleGrid, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { dueInput } from 'schema/due'
import { moneyRule } from 'schema/amount'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { AddDueDocument, type DueInput } from '../../gql.ts'
import { addDays } from '../../ui/calendar.ts'
import { DayInput } from '../../ui/day-input.tsx'
import { DialogForm, useCloseDialog } from '../../ui/dialog.tsx'
import { MoneyInput } from '../../ui/money-input.tsx'
import { Money } from '../../ui/money.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface Values {
  amount: string
  dueDate: string
  issuedOn: string
  reference: string
}

/** The form of one more due, payable after the company's usual terms unless somebody says otherwise. */
export function AddDue({
  customerId,
  currency,
  credit,
  onAdded,
}: {
  customerId: string
  currency: string
  credit: string
  onAdded: () => void
}) {
  const { company } = useSession()
  const close = useCloseDialog()
  const [add, { loading }] = useMutation(AddDueDocument)
  const [problem, setProblem] = useState<Problem>()
  const form = useForm<Values>({
    initialValues: { amount: '', dueDate: addDays(company.today, company.paymentTermsDays), issuedOn: company.today, reference: '' },
    validate: (values) => faultsIn(values, currency),
    validateInputOnBlur: true,
  })
  const save = async (values: Values): Promise<void> => {
    setProblem(undefined)
    try {
      const { data } = await add({ variables: { customerId, input: inputOf(values) } })
      if (!data) return
      close()
      onAdded()
      notifications.show({ message: `Due ${data.addDue.reference} is added.` })
    } catch (error) {
      const failed = problemOf(error)
      form.setErrors(faultsByPath(failed))
      if (failed.fields.length === 0 || failed.fields.some(({ path }) => form.getInputNode(path as keyof Values) === null))
        setProblem(failed)
    }
  }
  return (
    <DialogForm dirty={form.isDirty()} busy={loading} submit="Add due" errors={form.errors} onSubmit={form.onSubmit(save)}>
      {problem !== undefined && <ProblemAlert title="The due was not added" problem={problem} focused />}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="md">
        <MoneyInput label="Amount" withAsterisk currency={currency} data-autofocus {...form.getInputProps('amount')} />
        <TextInput
          label="Reference"
          description="Left empty, the next free one is given."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          {...form.getInputProps('reference')}
        />
        <DayInput label="Issued on" {...form.getInputProps('issuedOn')} />
        <DayInput label="Due date" withAsterisk {...form.getInputProps('dueDate')} />
      </SimpleGrid>
      {/[1-9]/.test(credit) && (
        <Text size="sm" c="dimmed">
          The credit of <Money amount={credit} currency={currency} /> is put on it at once.
        </Text>
      )}
    </DialogForm>
  )
}

function inputOf({ amount, dueDate, issuedOn, reference }: Values): DueInput {
  return { amount, dueDate, issuedOn: issuedOn === '' ? null : issuedOn, reference: reference.trim() === '' ? null : reference.trim() }
}

function faultsIn(values: Values, currency: string): Record<string, string> {
  const faults: Record<string, string> = {}
  const amount = moneyRule(currency).safeParse(values.amount)
  if (!amount.success) faults['amount'] = amount.error.issues[0]?.message ?? 'This is not an amount'
  if (values.dueDate === '') faults['dueDate'] = 'When is it due?'
  for (const issue of dueInput.safeParse(inputOf(values)).error?.issues ?? []) faults[issue.path.join('.')] ??= issue.message
  return faults
}

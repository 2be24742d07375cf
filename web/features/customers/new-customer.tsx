'use client'
import { useMutation } from '@apollo/client/react'
import { Autocomplete, Divider, SimpleGrid, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { createCustomerInput } from 'schema/customer'
import { moneyRule } from 'schema/amount'
import { currencies, isCurrency } from 'schema/money'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { CreateCustomerDocument, type CreateCustomerInput } from '../../gql.ts'
import { DayInput } from '../../ui/day-input.tsx'
import { DialogForm, useCloseDialog } from '../../ui/dialog.tsx'
import { MoneyInput } from '../../ui/money-input.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ContactFields } from './contact-fields.tsx'
import { type ContactDraft, contactsOf, faultsOnDrafts } from './contacts.ts'

interface Values {
  name: string
  number: string
  contacts: ContactDraft[]
  note: string
  currency: string
  due: { amount: string; dueDate: string; reference: string }
}

/** The form of a new customer, with its first due where there is one already. */
export function NewCustomer() {
  const { company } = useSession()
  const router = useRouter()
  const close = useCloseDialog()
  const [create, { loading }] = useMutation(CreateCustomerDocument)
  const [problem, setProblem] = useState<Problem>()
  const form = useForm<Values>({
    initialValues: {
      name: '',
      number: '',
      contacts: [
        { kind: 'EMAIL', value: '' },
        { kind: 'PHONE', value: '' },
      ],
      note: '',
      currency: company.currency,
      due: { amount: '', dueDate: '', reference: '' },
    },
    validate: faultsIn,
    validateInputOnBlur: true,
  })

  const save = async (values: Values): Promise<void> => {
    setProblem(undefined)
    try {
      const { data } = await create({ variables: { input: inputOf(values) } })
      if (!data) return
      close()
      router.push(`/customers/${data.createCustomer.id}`)
      notifications.show({ message: `${data.createCustomer.name} is added as ${data.createCustomer.number}.` })
    } catch (error) {
      const failed = problemOf(error)
      const faults = faultsOnDrafts(faultsByPath(failed), values.contacts)
      form.setErrors(faults)
      if (Object.keys(faults).length === 0 || Object.keys(faults).some((path) => form.getInputNode(path) === null)) setProblem(failed)
    }
  }
  const currency = isCurrency(form.values.currency) ? form.values.currency : company.currency

  return (
    <DialogForm dirty={form.isDirty()} busy={loading} submit="Add customer" errors={form.errors} onSubmit={form.onSubmit(save)}>
      {problem !== undefined && <ProblemAlert title="The customer was not added" problem={problem} focused />}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="md">
        <TextInput label="Name" withAsterisk data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput
          label="Number"
          description="Left empty, the next free one is given."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          {...form.getInputProps('number')}
        />
      </SimpleGrid>
      <ContactFields
        drafts={form.values.contacts}
        inputProps={(path) => form.getInputProps(path)}
        error={form.errors['contacts'] as string | undefined}
        onAdd={(kind) => form.insertListItem('contacts', { kind, value: '' })}
        onRemove={(place) => form.removeListItem('contacts', place)}
      />
      <Textarea label="Note" autosize minRows={2} maxRows={8} {...form.getInputProps('note')} />
      <Divider />
      <div>
        <Text fw={600} size="sm">
          First due
        </Text>
        <Text size="sm" c="dimmed">
          If there is one already: amount and date, or neither.
        </Text>
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="md">
        <MoneyInput label="Amount" currency={currency} {...form.getInputProps('due.amount')} />
        <Autocomplete
          label="Currency"
          data={[...currencies]}
          limit={8}
          maxLength={3}
          {...form.getInputProps('currency')}
          onChange={(text) => form.setFieldValue('currency', text.toUpperCase())}
        />
        <DayInput label="Due date" clearable {...form.getInputProps('due.dueDate')} />
        <TextInput
          label="Reference"
          description="Left empty, the next free one is given."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          {...form.getInputProps('due.reference')}
        />
      </SimpleGrid>
    </DialogForm>
  )
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

function inputOf({ name, number, contacts, note, currency, due }: Values): CreateCustomerInput {
  const without = due.amount.trim() === '' && due.dueDate === '' && due.reference.trim() === ''
  return {
    name: name.trim(),
    number: orNull(number),
    contacts: contactsOf(contacts),
    note: orNull(note),
    currency: currency.trim(),
    due: without ? null : { amount: due.amount, dueDate: due.dueDate, reference: orNull(due.reference) },
  }
}

function faultsIn(values: Values): Record<string, string> {
  const input = inputOf(values)
  const faults: Record<string, string> = {}
  if (input.due) {
    // Said in the words of this form before the rule says it in general ones.
    if (input.due.amount === '') faults['due.amount'] = 'How much is due? Or clear the date and the reference.'
    else if (isCurrency(values.currency)) {
      const amount = moneyRule(values.currency).safeParse(input.due.amount)
      if (!amount.success) faults['due.amount'] = amount.error.issues[0]?.message ?? 'This is not an amount'
    }
    if (input.due.dueDate === '') faults['due.dueDate'] = 'When is it due?'
  }
  for (const issue of createCustomerInput.safeParse(input).error?.issues ?? []) faults[issue.path.join('.')] ??= issue.message
  return faultsOnDrafts(faults, values.contacts)
}

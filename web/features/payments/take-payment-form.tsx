'use client'
import { useMutation } from '@apollo/client/react'
import { Input, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { moneyRule } from 'schema/amount'
import { displayMoney } from 'schema/money'
import { type PaymentMethod, paymentMethods, recordPaymentInput } from 'schema/payment'
import { v4 as uuid } from 'uuid'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { RecordPaymentDocument, type RecordPaymentInput } from '../../gql.ts'
import { DayInput } from '../../ui/day-input.tsx'
import { DialogForm, useCloseDialog } from '../../ui/dialog.tsx'
import { MoneyInput } from '../../ui/money-input.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { AllocationPreview } from './allocation-preview.tsx'
import { methodWords } from './payment-words.ts'
import classes from './take-payment-form.module.css'

interface Values {
  amount: string
  receivedOn: string
  method: PaymentMethod
  reference: string
  state: 'COMPLETED' | 'PENDING'
}

/** The form of one payment, beside what it will cover. It lives as long as its dialog is open, and so does the payment's key. */
export function TakePaymentForm({
  customerId,
  name,
  outstanding,
  currency,
  onTaken,
}: {
  customerId: string
  name: string
  outstanding: string
  currency: string
  onTaken: () => void
}) {
  const { locale, today } = useReader()
  const close = useCloseDialog()
  // One key for one payment: pressed twice, or sent again after an answer that got lost, it is booked once.
  const [key] = useState(() => uuid())
  const [record, { loading }] = useMutation(RecordPaymentDocument)
  const [problem, setProblem] = useState<Problem>()
  const form = useForm<Values>({
    initialValues: {
      amount: /[1-9]/.test(outstanding) ? outstanding : '',
      receivedOn: today,
      method: 'BANK_TRANSFER',
      reference: '',
      state: 'COMPLETED',
    },
    validate: (values) => faultsIn({ key, customerId, ...inputOf(values) }, currency, today),
    validateInputOnBlur: true,
  })
  const { amount, state } = form.values

  const save = async (values: Values): Promise<void> => {
    setProblem(undefined)
    try {
      const { data } = await record({ variables: { input: { key, customerId, ...inputOf(values) } } })
      if (!data) return
      const booked = data.recordPayment
      close()
      onTaken()
      // Said from the answer, not from the form: after a lost answer the first attempt is what counts.
      const said = displayMoney(booked.amount, booked.currency, locale)
      const left = /[1-9]/.test(booked.customer.outstanding)
        ? `${displayMoney(booked.customer.outstanding, booked.currency, locale)} is outstanding now.`
        : 'Nothing is outstanding now.'
      notifications.show({
        message: booked.state === 'PENDING' ? `${said} from ${name} is recorded as pending.` : `${said} from ${name} is recorded. ${left}`,
      })
    } catch (error) {
      const failed = problemOf(error)
      form.setErrors(faultsByPath(failed))
      if (failed.fields.length === 0 || failed.fields.some(({ path }) => form.getInputNode(path as keyof Values) === null))
        setProblem(failed)
    }
  }

  return (
    <DialogForm
      dirty={form.isDirty()}
      busy={loading}
      submit={moneyRule(currency).safeParse(amount).success ? `Record ${displayMoney(amount, currency, locale)}` : 'Record payment'}
      errors={form.errors}
      onSubmit={form.onSubmit(save)}
    >
      {problem !== undefined && <ProblemAlert title="The payment was not recorded" problem={problem} focused />}
      <div className={classes.columns}>
        <Stack gap="md">
          <MoneyInput label="Amount" withAsterisk size="md" currency={currency} data-autofocus {...form.getInputProps('amount')} />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="md">
            <DayInput label="Received on" withAsterisk maxDate={today} {...form.getInputProps('receivedOn')} />
            <Select
              label="Method"
              withAsterisk
              allowDeselect={false}
              data={paymentMethods
                .filter((method) => method !== 'IMPORTED')
                .map((method) => ({ value: method, label: methodWords[method] }))}
              {...form.getInputProps('method')}
            />
          </SimpleGrid>
          <TextInput
            label="Reference"
            placeholder="From the bank statement, the receipt, …"
            autoComplete="off"
            {...form.getInputProps('reference')}
          />
          <Input.Wrapper
            label="State"
            description={
              state === 'COMPLETED'
                ? 'The money is here; the customer owes less at once.'
                : 'The money is announced; it covers dues when it is marked completed.'
            }
            inputWrapperOrder={['label', 'input', 'description']}
            labelElement="div"
          >
            <SegmentedControl
              fullWidth
              aria-label="State"
              data={[
                { value: 'COMPLETED', label: 'Completed' },
                { value: 'PENDING', label: 'Pending' },
              ]}
              {...form.getInputProps('state')}
            />
          </Input.Wrapper>
        </Stack>
        <AllocationPreview customerId={customerId} amount={amount} currency={currency} pending={state === 'PENDING'} />
      </div>
    </DialogForm>
  )
}

function inputOf({ amount, receivedOn, method, reference, state }: Values): Omit<RecordPaymentInput, 'key' | 'customerId'> {
  return { amount, receivedOn, method, state, reference: reference.trim() === '' ? null : reference.trim() }
}

function faultsIn(input: RecordPaymentInput, currency: string, today: string): Record<string, string> {
  const faults: Record<string, string> = {}
  const amount = moneyRule(currency).safeParse(input.amount)
  if (!amount.success) faults['amount'] = amount.error.issues[0]?.message ?? 'This is not an amount'
  if (input.receivedOn === '') faults['receivedOn'] = 'When did the money come?'
  else if (input.receivedOn > today) faults['receivedOn'] = 'This day is still to come'
  for (const issue of recordPaymentInput.safeParse(input).error?.issues ?? []) faults[issue.path.join('.')] ??= issue.message
  return faults
}

'use client'
import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import { Alert, Autocomplete, Button, Group, SimpleGrid, Skeleton, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { updateCustomerInput } from 'schema/customer'
import { moneyRule } from 'schema/amount'
import { currencies, displayMoney } from 'schema/money'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { CustomerToEditDocument, type CustomerToEditQuery, UpdateCustomerDocument } from '../../gql.ts'
import { DayInput } from '../../ui/day-input.tsx'
import { DialogForm, useCloseDialog } from '../../ui/dialog.tsx'
import { Late } from '../../ui/late.tsx'
import { MoneyInput } from '../../ui/money-input.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { ContactFields } from './contact-fields.tsx'
import { faultsOnDrafts } from './contacts.ts'
import classes from './edit-customer.module.css'
import { type Edits, editsOf, editText, editWords, inputOf, mergeEdits, openDues } from './edits.ts'

type Customer = NonNullable<CustomerToEditQuery['customer']>

/** The edit form of a customer, asked for anew each time it is opened. */
export function EditCustomer({ id, onSaved }: { id: string; onSaved: () => void }) {
  const { data, error, refetch } = useQuery(CustomerToEditDocument, { variables: { id }, fetchPolicy: 'network-only' })
  if (data?.customer) return <EditForm opened={data.customer} onSaved={onSaved} />
  if (error !== undefined)
    return (
      <ProblemAlert title="The customer could not be loaded" problem={problemOf(error)} onRetry={() => void refetch().catch(() => {})} />
    )
  return (
    <Late label="Loading the customer">
      <Stack gap="lg">
        {[36, 36, 36, 72].map((height, row) => (
          <Skeleton key={row} height={height} />
        ))}
      </Stack>
    </Late>
  )
}

interface Conflict {
  readonly author: string | undefined
  readonly theirs: Edits
  readonly clashes: readonly (keyof Edits)[]
  readonly taken: readonly (keyof Edits)[]
}

function EditForm({ opened, onSaved }: { opened: Customer; onSaved: () => void }) {
  const { locale } = useReader()
  const client = useApolloClient()
  const close = useCloseDialog()
  // What the edits start from. Live updates of the page behind must not change it, only a conflict moves it on.
  const [base, setBase] = useState(opened)
  const [conflict, setConflict] = useState<Conflict>()
  const [problem, setProblem] = useState<Problem>()
  const [update, { loading }] = useMutation(UpdateCustomerDocument)
  const open = openDues(base)
  const several = open.length > 1
  const settled = base.hasDues || base.payments.nodes.length > 0

  const form = useForm<Edits>({
    initialValues: editsOf(opened),
    validate: (edits) => faultsIn(edits, editsOf(base)),
    validateInputOnBlur: true,
  })

  const save = async (edits: Edits): Promise<void> => {
    setProblem(undefined)
    try {
      const { data } = await update({ variables: { id: base.id, version: base.version, input: inputOf(edits, editsOf(base)) } })
      if (!data) return
      close()
      onSaved()
      notifications.show({ message: `${edits.name.trim()} is saved.` })
    } catch (error) {
      const failed = problemOf(error)
      if (failed.code === 'STALE' && (await meet(edits))) return
      const faults = faultsOnDrafts(faultsByPath(failed), edits.contacts)
      form.setErrors(faults)
      if (Object.keys(faults).length === 0 || Object.keys(faults).some((path) => form.getInputNode(path) === null)) setProblem(failed)
    }
  }

  /** Brings together what both have edited; false when the other's values could not be read. */
  const meet = async (mine: Edits): Promise<boolean> => {
    const answer = await client
      .query({ query: CustomerToEditDocument, variables: { id: base.id }, fetchPolicy: 'network-only' })
      .catch(() => undefined)
    const now = answer?.data?.customer
    if (!now) return false
    const theirs = editsOf(now)
    const { merged, clashes, taken } = mergeEdits(editsOf(base), mine, theirs)
    setBase(now)
    form.setInitialValues(theirs)
    form.setValues(merged)
    form.resetDirty(theirs)
    setConflict({ author: now.activity.nodes.find(({ action }) => action === 'CUSTOMER_CHANGED')?.author, theirs, clashes, taken })
    return true
  }
  const take = (field: keyof Edits): void => {
    if (conflict === undefined) return
    form.setFieldValue(field, conflict.theirs[field] as never)
    setConflict({ ...conflict, clashes: conflict.clashes.filter((other) => other !== field) })
  }

  return (
    <DialogForm
      dirty={form.isDirty()}
      busy={loading}
      submit={conflict !== undefined && conflict.clashes.length > 0 ? 'Save mine' : 'Save'}
      errors={form.errors}
      onSubmit={form.onSubmit(save)}
    >
      {problem !== undefined && <ProblemAlert title="The customer was not saved" problem={problem} focused />}
      {conflict !== undefined && <ConflictAlert conflict={conflict} mine={form.values} onTake={take} />}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="md">
        <TextInput label="Name" withAsterisk data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput label="Number" withAsterisk autoComplete="off" {...form.getInputProps('number')} />
      </SimpleGrid>
      <ContactFields
        drafts={form.values.contacts}
        inputProps={(path) => form.getInputProps(path)}
        error={form.errors['contacts'] as string | undefined}
        onAdd={(kind) => form.insertListItem('contacts', { kind, value: '' })}
        onRemove={(place) => form.removeListItem('contacts', place)}
      />
      <Textarea label="Note" autosize minRows={2} maxRows={8} {...form.getInputProps('note')} />
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="md" verticalSpacing="md">
        {base.archivedAt !== null ? null : several ? (
          <TextInput
            label="Outstanding"
            readOnly
            variant="filled"
            value={displayMoney(base.outstanding, base.currency, locale)}
            description="Several dues are open; each has its own line under Dues."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        ) : (
          <>
            <MoneyInput label="Outstanding" currency={base.currency} {...form.getInputProps('due.outstanding')} />
            <DayInput label="Due date" clearable={open.length === 0} {...form.getInputProps('due.dueDate')} />
          </>
        )}
        {settled ? (
          <TextInput
            label="Currency"
            readOnly
            variant="filled"
            value={base.currency}
            description="Fixed by the first due or payment."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        ) : (
          <Autocomplete
            label="Currency"
            data={[...currencies]}
            limit={8}
            maxLength={3}
            {...form.getInputProps('currency')}
            onChange={(text) => form.setFieldValue('currency', text.toUpperCase())}
          />
        )}
      </SimpleGrid>
    </DialogForm>
  )
}

function ConflictAlert({ conflict, mine, onTake }: { conflict: Conflict; mine: Edits; onTake: (field: keyof Edits) => void }) {
  const { author, theirs, clashes, taken } = conflict
  return (
    <Alert
      icon={<IconUsers size={18} aria-hidden />}
      title={`${author ?? 'Somebody else'} changed this customer meanwhile`}
      classNames={{ root: classes.conflict ?? '', title: classes.title ?? '', icon: classes.icon ?? '', message: classes.message ?? '' }}
    >
      {taken.length > 0 && (
        <Text size="sm">Taken over into the form: {taken.map((field) => editWords[field].toLowerCase()).join(', ')}.</Text>
      )}
      {clashes.length === 0 ? (
        <Text size="sm">Nothing of yours is lost. Look it over and save again.</Text>
      ) : (
        <>
          <Text size="sm">You both changed this. Your values are still in the form; saving again keeps them.</Text>
          <dl className={classes.clashes}>
            {clashes.map((field) => (
              <div key={field} className={classes.clash}>
                <dt>{editWords[field]}</dt>
                <dd>
                  <span className={classes.side}>Yours</span> {editText(mine, field) || 'empty'}
                </dd>
                <dd>
                  <span className={classes.side}>Theirs</span> {editText(theirs, field) || 'empty'}
                </dd>
                <dd>
                  <Group justify="flex-end">
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Take their ${editWords[field].toLowerCase()}`}
                      onClick={() => onTake(field)}
                    >
                      Take theirs
                    </Button>
                  </Group>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Alert>
  )
}

function faultsIn(edits: Edits, base: Edits): Record<string, string> {
  const input = inputOf(edits, base)
  const faults: Record<string, string> = {}
  if (input.due) {
    if (input.due.outstanding === '' && input.due.dueDate === '')
      faults['due.outstanding'] = 'An open due can’t be emptied here: give its amount.'
    else if (input.due.outstanding === '') faults['due.outstanding'] = 'How much is outstanding?'
    else {
      const amount = moneyRule(edits.currency).safeParse(input.due.outstanding)
      if (!amount.success) faults['due.outstanding'] = amount.error.issues[0]?.message ?? 'This is not an amount'
    }
    if (input.due.dueDate === '') faults['due.dueDate'] = 'When is it due?'
  }
  for (const issue of updateCustomerInput.safeParse(input).error?.issues ?? []) faults[issue.path.join('.')] ??= issue.message
  return faultsOnDrafts(faults, edits.contacts)
}

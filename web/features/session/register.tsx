'use client'
import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { passwordHint, registerInput } from 'schema/staff'
import { entering } from '../../apollo/client.ts'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { rememberSession } from '../../apollo/renewal.ts'
import { RegisterDocument, RegistrationDocument } from '../../gql.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { zodRule } from '../../ui/zod-rule.ts'
import { Notice } from './notice.tsx'
import { Strength } from './strength.tsx'

type Field = 'name' | 'email' | 'password' | 'code'

/** Makes an account. The first one is the administrator's; every later one waits until an administrator lets it in. */
export function Register() {
  const client = useApolloClient()
  const router = useRouter()
  const { data } = useQuery(RegistrationDocument, { fetchPolicy: 'network-only' })
  const [register] = useMutation(RegisterDocument, { context: entering })
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const [password, setPassword] = useState('')
  const registration = data?.registration
  const codeRequired = registration?.codeRequired === true
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', email: '', password: '', code: '' },
    validateInputOnBlur: true,
    onValuesChange: (values) => setPassword(values.password),
    validate: (values) =>
      zodRule<typeof values>(registerInput, ({ code }) => ({ code: codeRequired && code.trim() === '' ? 'Enter the code' : undefined }))(
        values,
      ),
  })
  const focusFirst = (faults: object): void => {
    const [first] = Object.keys(faults)
    if (first !== undefined) form.getInputNode(first as Field)?.focus()
  }
  const submit = form.onSubmit(async ({ code, ...input }) => {
    setBusy(true)
    setProblem(undefined)
    try {
      const { data: made } = await register({ variables: { input: { ...input, code: codeRequired ? code : null } } })
      rememberSession(true)
      await client.clearStore()
      router.replace(made?.register.waiting === false ? '/' : '/waiting')
    } catch (error) {
      const found = problemOf(error)
      const faults = faultsByPath(found)
      form.setErrors(faults)
      if (Object.keys(faults).length === 0) setProblem(found)
      focusFirst(faults)
      setBusy(false)
    }
  }, focusFirst)
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        Create an account
      </Title>
      {registration !== undefined &&
        (registration.first ? (
          <Notice title="You are the first one here">
            This account becomes the administrator: you let the others in and choose what they may do.
          </Notice>
        ) : (
          <Notice title="What happens next">An administrator lets you in. Until then you can sign in and wait.</Notice>
        ))}
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {problem !== undefined && <ProblemAlert problem={problem} focused />}
          <TextInput label="Your name" name="name" autoComplete="name" key={form.key('name')} {...form.getInputProps('name')} />
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <div>
            <PasswordInput
              label="Password"
              description={passwordHint}
              name="password"
              autoComplete="new-password"
              key={form.key('password')}
              {...form.getInputProps('password')}
            />
            <Strength password={password} />
          </div>
          {codeRequired && (
            <TextInput
              label="Code"
              description="The start of the server printed it. It proves that the first account belongs to whoever runs the server."
              name="code"
              autoComplete="one-time-code"
              key={form.key('code')}
              {...form.getInputProps('code')}
            />
          )}
          <Button type="submit" loading={busy} fullWidth mt={4}>
            Create the account
          </Button>
        </Stack>
      </form>
      {registration?.first !== true && (
        <Text size="sm" c="dimmed">
          You have one already?{' '}
          <Anchor component={Link} href="/login" underline="always">
            Sign in
          </Anchor>
        </Text>
      )}
    </Stack>
  )
}

'use client'
import { useMutation } from '@apollo/client/react'
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { signInInput } from 'schema/staff'
import { entering } from '../../apollo/client.ts'
import { faultsByPath, type Problem, problemOf } from '../../apollo/problem.ts'
import { rememberSession } from '../../apollo/renewal.ts'
import { SignInDocument, type SignInMutation } from '../../gql.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { zodRule } from '../../ui/zod-rule.ts'

interface Props {
  /** Known where somebody signs in again. */
  email?: string
  onSignedIn: (me: SignInMutation['signIn']) => void
}

/** E-mail and password. It stays busy after success, for what comes next takes its place. */
export function SignInForm({ email = '', onSignedIn }: Props) {
  const [signIn] = useMutation(SignInDocument, { context: entering })
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email, password: '' },
    validate: zodRule(signInInput),
    validateInputOnBlur: false,
  })
  const submit = form.onSubmit(async (input) => {
    setBusy(true)
    setProblem(undefined)
    try {
      const { data } = await signIn({ variables: { input } })
      rememberSession(true)
      if (data !== undefined && data !== null) onSignedIn(data.signIn)
    } catch (error) {
      const found = problemOf(error)
      const faults = faultsByPath(found)
      form.setErrors(faults)
      if (Object.keys(faults).length === 0) setProblem(found)
      form.getInputNode('password')?.focus()
      setBusy(false)
    }
  }, focusFirst)
  function focusFirst(faults: object): void {
    const [first] = Object.keys(faults)
    if (first !== undefined) form.getInputNode(first as 'email')?.focus()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {problem !== undefined && <ProblemAlert problem={problem} />}
        <TextInput
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          {...(email === '' && { autoFocus: true })}
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          {...(email !== '' && { autoFocus: true })}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={busy} fullWidth mt={4}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}

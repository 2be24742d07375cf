'use client'
import { useFragment, useMutation, useQuery } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { Button, NativeSelect, Skeleton, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconUsersGroup } from '@tabler/icons-react'
import { useState } from 'react'
import { useLiveEvents } from '../../apollo/live.ts'
import { problemOf, type Problem } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import {
  ApproveStaffDocument,
  type Role,
  StaffMemberFragmentDoc,
  type StaffMemberFragment,
  type StaffStatus,
  TeamDocument,
} from '../../gql.ts'
import { count } from '../../ui/calendar.ts'
import { CardRow, CardTable, Cell, type Column } from '../../ui/card-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Late } from '../../ui/late.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Badge, type Tone } from '../../ui/status.tsx'
import classes from './team.module.css'

/** What each role may do, in the words in which an administrator chooses one. */
const roleWords: Readonly<Record<Role, { label: string; may: string }>> = {
  VIEWER: { label: 'Viewer', may: 'sees everything, changes nothing' },
  AGENT: { label: 'Agent', may: 'works with customers, payments and imports' },
  ADMIN: { label: 'Administrator', may: 'does that, and lets people in' },
}
const rolesOffered: readonly Role[] = ['VIEWER', 'AGENT', 'ADMIN']
const statusWords: Readonly<Record<StaffStatus, readonly [Tone, string]>> = {
  ACTIVE: ['good', 'Active'],
  WAITING: ['wait', 'Waiting'],
  DEACTIVATED: ['quiet', 'Deactivated'],
}

const columns: readonly Column[] = [
  { key: 'name', label: 'Name', card: 'title' },
  { key: 'status', label: 'Status', card: 'badge' },
  { key: 'email', label: 'E-mail' },
  { key: 'role', label: 'Role' },
  { key: 'since', label: 'Since' },
]

/** Who may come in, and who is in. Those who wait stand first: somebody is sitting in front of a closed door. */
export function Team() {
  const { may, me } = useSession()
  const { data, error, refetch } = useQuery(TeamDocument, { fetchPolicy: 'cache-and-network' })
  useLiveEvents((event) => {
    if (event.type === 'STAFF_REGISTERED' || event.type === 'STAFF_CHANGED') void refetch()
  })
  const waiting = data?.staff.filter(({ status }) => status === 'WAITING') ?? []
  const others = data?.staff.filter(({ status }) => status !== 'WAITING') ?? []
  return (
    <>
      <PageHead title="Team">
        {data === undefined
          ? 'Who works here, and what they may do'
          : `${count(others.length, 'person', 'people')}${waiting.length > 0 ? `, ${waiting.length} waiting` : ''}`}
      </PageHead>
      {error !== undefined && data === undefined && (
        <ProblemAlert title="The team could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      )}
      {error === undefined && data === undefined && (
        <Late>
          <Stack gap={8}>
            {[0, 1, 2, 3].map((row) => (
              <Skeleton key={row} h={44} />
            ))}
          </Stack>
        </Late>
      )}
      {data !== undefined && (
        <Stack gap="xl">
          {may('approveStaff') && waiting.length > 0 && (
            <section aria-labelledby="team-waiting">
              <Title order={2} size="h4" id="team-waiting">
                Waiting to be let in
              </Title>
              <Text size="sm" c="dimmed" mb="sm">
                They have an account, but see nothing until you decide. Let in only whom you know.
              </Text>
              <ul className={classes.waiting}>
                {waiting.map((person) => (
                  <Waiting key={person.id} from={person} />
                ))}
              </ul>
            </section>
          )}
          <section aria-labelledby="team-members">
            <Title order={2} size="h4" id="team-members" mb="sm">
              Members
            </Title>
            <div className={classes.frame}>
              <CardTable label="Members of the team" columns={columns}>
                {others.map((person) => (
                  <Member key={person.id} from={person} mine={person.id === me.id} />
                ))}
              </CardTable>
            </div>
            {others.length === 1 && waiting.length === 0 && (
              <Empty icon={<IconUsersGroup size={22} stroke={1.6} />} title="Only you so far">
                Give a colleague the address of this page. They register there, and appear here for you to let in.
              </Empty>
            )}
          </section>
          <section aria-labelledby="team-roles">
            <Title order={2} size="h4" id="team-roles" mb="sm">
              Roles
            </Title>
            <dl className={classes.roles}>
              {rolesOffered.map((role) => (
                <div key={role}>
                  <dt>{roleWords[role].label}</dt>
                  <dd>{roleWords[role].may}</dd>
                </div>
              ))}
            </dl>
          </section>
        </Stack>
      )}
    </>
  )
}

function Waiting({ from }: { from: FragmentType<StaffMemberFragment> }) {
  const { data: person, complete } = useFragment({ fragment: StaffMemberFragmentDoc, fragmentName: 'StaffMember', from })
  const [role, setRole] = useState<Role>('VIEWER')
  const [approve, { loading }] = useMutation(ApproveStaffDocument)
  const [problem, setProblem] = useState<Problem>()
  if (!complete) return null
  const letIn = async (): Promise<void> => {
    setProblem(undefined)
    try {
      await approve({ variables: { id: person.id, role } })
      notifications.show({ message: `${person.name} is in, as ${roleWords[role].label.toLowerCase()}.` })
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <li className={classes.person}>
      <div className={classes.who}>
        <Text fw={600}>{person.name}</Text>
        <Text size="sm" c="dimmed">
          {person.email} · registered <Instant at={person.createdAt} />
        </Text>
      </div>
      <div className={classes.choice}>
        <NativeSelect
          aria-label={`Role for ${person.name}`}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={rolesOffered.map((value) => ({ value, label: roleWords[value].label }))}
        />
        <Button onClick={() => void letIn()} loading={loading} aria-label={`Let in ${person.name} as ${roleWords[role].label}`}>
          Let in
        </Button>
      </div>
      <Text size="xs" c="dimmed" className={classes.means ?? ''}>
        {roleWords[role].label}: {roleWords[role].may}
      </Text>
      {problem !== undefined && (
        <div className={classes.means}>
          <ProblemAlert title={`${person.name} could not be let in`} problem={problem} focused />
        </div>
      )}
    </li>
  )
}

function Member({ from, mine }: { from: FragmentType<StaffMemberFragment>; mine: boolean }) {
  const { data: person, complete } = useFragment({ fragment: StaffMemberFragmentDoc, fragmentName: 'StaffMember', from })
  if (!complete) return null
  const [tone, word] = statusWords[person.status]
  return (
    <CardRow>
      <Cell of="name">
        <Text span inherit fw={550}>
          {person.name}
        </Text>
        {mine && (
          <Text span inherit c="dimmed">
            {' '}
            (you)
          </Text>
        )}
      </Cell>
      <Cell of="status">
        <Badge tone={tone}>{word}</Badge>
      </Cell>
      <Cell of="email">{person.email}</Cell>
      <Cell of="role">{roleWords[person.role].label}</Cell>
      <Cell of="since">
        <Instant at={person.createdAt} />
      </Cell>
    </CardRow>
  )
}

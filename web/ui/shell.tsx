'use client'
import { AppShell, Group, Skeleton, Text, UnstyledButton } from '@mantine/core'
import { IconBell, IconCash, IconFileImport, IconLayoutDashboard, IconSettings, IconUsers } from '@tabler/icons-react'
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { Late } from './late.tsx'
import { Mark } from './mark.tsx'
import classes from './shell.module.css'
import { ShortcutsProvider, useShortcut, useShortcutList } from './shortcuts.tsx'

const places = [
  { href: '/', label: 'Dashboard', Icon: IconLayoutDashboard },
  { href: '/customers', label: 'Customers', Icon: IconUsers },
  { href: '/payments', label: 'Payments', Icon: IconCash },
  { href: '/import', label: 'Import', Icon: IconFileImport },
  { href: '/notifications', label: 'Notifications', Icon: IconBell },
] as const

interface Props {
  company: string
  /** Whether the team's page and the import are open to this person; what is not is not shown. */
  team: boolean
  imports: boolean
  /** The slots of the head: search, the live state, the bell, and the menu of the person. */
  search?: ReactNode
  live: ReactNode
  bell?: ReactNode
  user: (showShortcuts: () => void) => ReactNode
  children: ReactNode
}

/** Head, navigation and main part of every staff screen: a column at the side on a desk, a bar at the bottom on a phone. */
export function Shell(props: Props) {
  return (
    <ShortcutsProvider>
      <Frame {...props} />
    </ShortcutsProvider>
  )
}

function Frame({ company, team, imports, search, live, bell, user, children }: Props) {
  const router = useRouter()
  const showShortcuts = useShortcutList()
  useShortcut('g d', 'Go to the dashboard', () => router.push('/'))
  useShortcut('g c', 'Go to customers', () => router.push('/customers'))
  useShortcut('g p', 'Go to payments', () => router.push('/payments'))
  useShortcut('g n', 'Go to notifications', () => router.push('/notifications'))
  useShortcut('/', 'Filter the list', () => document.querySelector<HTMLElement>('[data-filter]')?.focus())
  const shown = places.filter(({ href }) => href !== '/import' || imports)
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 60, sm: 0 } }}
      padding={0}
    >
      <AppShell.Header className={classes.header}>
        <a href="#main" className={classes.skip}>
          Skip to the content
        </a>
        <Group h="100%" px={{ base: 'sm', sm: 'md' }} gap="sm" wrap="nowrap">
          <Link href="/" className={classes.brand} aria-label={`${company}, dashboard`}>
            <Mark />
            <Text component="span" fw={650} truncate>
              {company}
            </Text>
          </Link>
          <div className={classes.search}>{search}</div>
          {live}
          {bell}
          {user(showShortcuts)}
        </Group>
      </AppShell.Header>
      <AppShell.Navbar visibleFrom="sm" className={classes.navbar} aria-label="Main">
        {shown.map((place) => (
          <NavItem key={place.href} {...place} />
        ))}
        {team && (
          <>
            <div className={classes.section}>Settings</div>
            <NavItem href="/settings/team" label="Team" Icon={IconSettings} />
          </>
        )}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm" className={classes.footer}>
        <nav aria-label="Main" className={classes.bar}>
          {shown.map((place) => (
            <NavItem key={place.href} {...place} />
          ))}
        </nav>
      </AppShell.Footer>
    </AppShell>
  )
}

function NavItem({ href, label, Icon }: { href: string; label: string; Icon: typeof IconBell }) {
  const path = usePathname()
  const here = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)
  return (
    <UnstyledButton component={Link} href={href} className={classes.item} aria-current={here ? 'page' : undefined}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <span>{label}</span>
    </UnstyledButton>
  )
}

/** The frame while it is being found out who is signed in. */
export function ShellSkeleton() {
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 60, sm: 0 } }}
      padding={0}
    >
      <AppShell.Header className={classes.header}>
        <Group h="100%" px={{ base: 'sm', sm: 'md' }}>
          <Mark />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar visibleFrom="sm" className={classes.navbar}>
        {null}
      </AppShell.Navbar>
      <AppShell.Main className={classes.main}>
        <Late>
          <Skeleton h={28} w={180} mb="lg" />
          <Skeleton h={320} />
        </Late>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm" className={classes.footer}>
        {null}
      </AppShell.Footer>
    </AppShell>
  )
}

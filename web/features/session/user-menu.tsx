'use client'
import { Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun, IconUsers } from '@tabler/icons-react'
import Link from 'next/link'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import classes from './session.module.css'

const roleNames = { ADMIN: 'Administrator', AGENT: 'Agent', VIEWER: 'Viewer' } as const
const schemes = [
  { value: 'auto', label: 'Like the device', Icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', Icon: IconSun },
  { value: 'dark', label: 'Dark', Icon: IconMoon },
] as const

/** Who is signed in, how the page looks to them, and the way out. */
export function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { me, may, signOut } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = async (): Promise<void> => {
    try {
      await signOut()
    } catch (error) {
      notifications.show({ color: 'red', title: 'You are still signed in', message: problemOf(error).message })
    }
  }
  return (
    <Menu width={240} position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account of ${me.name}`} className={classes.account} data-initials={initialsOf(me.name)} />
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '8px 12px' }}>
          <Text fw={600} size="sm" truncate>{me.name}</Text>
          <Text size="xs" c="dimmed" truncate>{me.email}</Text>
          <Text size="xs" c="dimmed" mt={2}>{roleNames[me.role]}</Text>
        </div>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(({ value, label, Icon }) => (
          <Menu.Item key={value} leftSection={<Icon size={16} aria-hidden />} rightSection={colorScheme === value ? <IconCheck size={16} aria-label="chosen" /> : null} onClick={() => setColorScheme(value)} closeMenuOnClick={false}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {may('approveStaff') && <Menu.Item component={Link} href="/settings/team" leftSection={<IconUsers size={16} aria-hidden />}>Team</Menu.Item>}
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onShortcuts} visibleFrom="sm">Keyboard shortcuts</Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** At most two letters: of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase()
}

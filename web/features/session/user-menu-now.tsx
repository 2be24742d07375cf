'use client'
import { Menu, Text, useMantineColorScheme } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun, IconUsers } from '@tabler/icons-react'
import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { AccountButton } from './account-button.tsx'

const roleNames = { ADMIN: 'Administrator', AGENT: 'Agent', VIEWER: 'Viewer' } as const
const schemes = [
  { value: 'auto', label: 'Like the device', Icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', Icon: IconSun },
  { value: 'dark', label: 'Dark', Icon: IconMoon },
] as const

/** The menu and its button. It takes the place of the button that was pressed, with its focus, and opens at once. */
export function UserMenuNow({ onShortcuts }: { onShortcuts: () => void }) {
  const { me, may, signOut } = useSession()
  const [opened, setOpened] = useState(false)
  const target = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    target.current?.focus()
    // In the next frame: on closing, the menu gives the focus back to what had it when it opened.
    const frame = requestAnimationFrame(() => setOpened(true))
    return () => cancelAnimationFrame(frame)
  }, [])
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = async (): Promise<void> => {
    try {
      await signOut()
    } catch (error) {
      notifications.show({ color: 'red', title: 'You are still signed in', message: problemOf(error).message })
    }
  }
  return (
    <Menu opened={opened} onChange={setOpened} width={240} position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <AccountButton ref={target} name={me.name} />
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '8px 12px' }}>
          <Text fw={600} size="sm" truncate>
            {me.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {me.email}
          </Text>
          <Text size="xs" c="dimmed" mt={2}>
            {roleNames[me.role]}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(({ value, label, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === value ? <IconCheck size={16} aria-label="chosen" /> : null}
            onClick={() => setColorScheme(value)}
            closeMenuOnClick={false}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {may('approveStaff') && (
          <Menu.Item component={Link} href="/settings/team" leftSection={<IconUsers size={16} aria-hidden />}>
            Team
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onShortcuts} visibleFrom="sm">
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

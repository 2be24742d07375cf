import { Center } from '@mantine/core'
import Link from 'next/link'
import { Empty } from '../ui/empty.tsx'

export const metadata = { title: 'Not found · Collection' }

export default function NotFound() {
  return (
    <Center mih="100dvh">
      <Empty title="There is no such page" actions={<Link href="/">Go to the dashboard</Link>}>The address may be mistyped, or what it showed is gone.</Empty>
    </Center>
  )
}

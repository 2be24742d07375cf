import { Waiting } from '../../../features/session/waiting.tsx'

export const metadata = { title: 'Waiting · Collection' }

export default function Page() {
  return <Waiting />
}

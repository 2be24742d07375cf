import { Register } from '../../../features/session/register.tsx'

export const metadata = { title: 'Create an account · Collection' }

export default function Page() {
  return <Register />
}

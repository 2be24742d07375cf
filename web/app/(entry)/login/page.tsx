import { SignIn } from '../../../features/session/sign-in.tsx'
import { inside } from '../inside.ts'

export const metadata = { title: 'Sign in · Collection' }

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  return <SignIn next={inside((await searchParams).next)} />
}

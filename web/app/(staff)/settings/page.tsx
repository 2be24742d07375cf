import { redirect } from 'next/navigation'

/** The team is the one page of settings there is. */
export default function Page(): never {
  redirect('/settings/team')
}

import { Team } from '../../../../features/team/team.tsx'

export default function Page() {
  return <Team />
}

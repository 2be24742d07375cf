import { NotificationCentre } from '../../../features/notifications/notification-centre.tsx'

export default function Page() {
  return <NotificationCentre />
}

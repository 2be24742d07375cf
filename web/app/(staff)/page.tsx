import { Dashboard } from '../../features/dashboard/dashboard.tsx'
import { LatestNotifications } from '../../features/notifications/latest-notifications.tsx'

export default function Page() {
  return <Dashboard latest={<LatestNotifications />} />
}

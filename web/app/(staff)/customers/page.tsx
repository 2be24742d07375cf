import { CustomerList } from '../../../features/customers/customer-list.tsx'

export default function Page() {
  return <CustomerList />
}

import type { Role } from './staff.ts'

/** Who may use an operation: everybody, whoever signed in (waiting or not), or the roles named. */
export type Access = 'anyone' | 'signed-in' | readonly Role[]

const read = ['ADMIN', 'AGENT', 'VIEWER'] as const
const work = ['ADMIN', 'AGENT'] as const
const admin = ['ADMIN'] as const

/**
 * Every field of Query, Mutation and Subscription, and who may use it. The server refuses to start when the schema has
 * an operation that is missing here; the screens hide what the table denies.
 */
export const operations = {
  registration: 'anyone',
  me: 'anyone',
  register: 'anyone',
  signIn: 'anyone',
  signOut: 'anyone',
  company: 'signed-in',
  staff: read,
  customers: read,
  customer: read,
  payments: read,
  payment: read,
  allocationPreview: read,
  notifications: read,
  notificationState: read,
  imports: read,
  import: read,
  latestEvent: read,
  events: read,
  markNotificationsRead: read,
  markAllNotificationsRead: read,
  approveStaff: admin,
  createCustomer: work,
  updateCustomer: work,
  archiveCustomer: work,
  restoreCustomer: work,
  addDue: work,
  recordPayment: work,
  completePayment: work,
  reopenPayment: work,
  failPayment: work,
  reversePayment: work,
  uploadImport: work,
  commitImport: work,
  discardImport: work,
} as const satisfies Record<string, Access>
/** The same for downloads and other routes that a signed-in person uses outside GraphQL. */
export const routes = {
  'GET /templates/import.xlsx': work,
} as const satisfies Record<string, Access>
export type Operation = keyof typeof operations

/** Whether somebody with that role (undefined: not signed in or not yet let in) may use the operation. */
export function may(role: Role | undefined, operation: Operation): boolean {
  const access: Access = operations[operation]
  return access === 'anyone' || (role !== undefined && (access === 'signed-in' || access.includes(role)))
}

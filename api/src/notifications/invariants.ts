import { sql } from 'drizzle-orm'
import type { Invariant } from '../db/invariants.ts'

/** What the reaction must have done up to its position: told of each fact once, and of nothing else. */
export const notificationInvariants: readonly Invariant[] = [
  {
    name: 'each received payment and each added customer up to the position of the reaction is told exactly once',
    looked: sql`select count(*) as n from notification`,
    broken: sql`select event.number, event.type from event left join notification on notification.origin = concat('event:', event.number)
      where event.number <= (select position from reaction where name = 'notifications') and event.type in ('PAYMENT_COMPLETED', 'CUSTOMER_CREATED')
        and (notification.id is null) <> (json_value(event.facts, '$.quiet') is not null) limit 20`,
  },
]

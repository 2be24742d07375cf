import { sql } from 'drizzle-orm'
import type { Invariant } from '../db/invariants.ts'

/** What the reaction must have done up to its position: told of each fact once, and of nothing else. */
export const notificationInvariants: readonly Invariant[] = [
  {
    name: 'what people are told of is told exactly once, up to the position of the reaction',
    looked: sql`select count(*) as n from notification`,
    broken: sql`select event.number, event.type from event
      left join notification alone on alone.origin = concat('event:', event.number)
      left join notification digest on event.type = 'DUE_OVERDUE' and digest.origin = concat('overdue:', json_value(event.facts, '$.run'))
      where event.number <= (select position from reaction where name = 'notifications')
        and event.type in ('PAYMENT_COMPLETED', 'PAYMENT_FAILED', 'PAYMENT_REVERSED', 'CUSTOMER_CREATED', 'DUE_OVERDUE', 'IMPORT_FINISHED')
        and (alone.id is not null) + (digest.id is not null) <> (json_value(event.facts, '$.quiet') is null) limit 20`,
  },
  {
    name: 'nobody is told of what has not been numbered',
    looked: sql`select count(*) as n from notification`,
    broken: sql`select number, origin from notification where number > (select position from reaction where name = 'notifications') limit 20`,
  },
]

import { sql } from 'drizzle-orm'
import type { Invariant } from '../db/invariants.ts'

/** What must hold of the event log. */
export const eventInvariants: readonly Invariant[] = [
  {
    name: 'event numbers have no gap from the oldest kept one on, and end with the last one given',
    looked: sql`select count(*) as n from event`,
    broken: sql`select * from (select count(number) as given, min(number) as oldest, max(number) as newest, (select max(last_number) from relay) as last_given from event) s
      where given > 0 and (given <> newest - oldest + 1 or newest <> last_given)`,
  },
  {
    name: 'no reaction is ahead of the log',
    looked: sql`select count(*) as n from reaction`,
    broken: sql`select name, position from reaction where position > (select max(last_number) from relay)`,
  },
]

/** What still waits: events without a number, and events that a reaction has not seen. */
export const waiting = sql`select 'events without a number' as what, count(*) as n from event where number is null
  union all select concat('events before reaction ', name), (select max(last_number) from relay) - position from reaction`

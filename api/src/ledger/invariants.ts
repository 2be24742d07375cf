import { sql } from 'drizzle-orm'
import type { Invariant } from '../db/invariants.ts'

const standing = sql`select due_id, sum(allocation.amount) as allocated from allocation join payment on payment.id = payment_id where payment.state = 'COMPLETED' group by due_id`

/** What must hold of customers, dues, payments and allocations. */
export const ledgerInvariants: readonly Invariant[] = [
  {
    name: 'the outstanding of a due is its amount less what completed payments have put on it',
    looked: sql`select count(*) as n from due`,
    broken: sql`select hex(due.id) as id, due.amount, due.outstanding, coalesce(allocated, 0) as allocated
      from due left join (${standing}) s on s.due_id = due.id
      where due.outstanding < 0 or due.outstanding <> due.amount - coalesce(allocated, 0) limit 20`,
  },
  {
    name: 'a payment has on dues what its allocations add up to, at most its amount, and nothing unless it is completed',
    looked: sql`select count(*) as n from payment`,
    broken: sql`select hex(payment.id) as id, payment.state, payment.amount, payment.allocated, coalesce(s.total, 0) as total
      from payment left join (select payment_id, sum(amount) as total from allocation group by payment_id) s on s.payment_id = payment.id
      where payment.allocated <> coalesce(s.total, 0) or payment.allocated < 0 or payment.allocated > payment.amount
        or (payment.state <> 'COMPLETED' and payment.allocated <> 0) limit 20`,
  },
  {
    name: 'no payment has less than nothing on a due, and only on dues of its own customer',
    looked: sql`select count(*) as n from allocation`,
    broken: sql`select hex(payment_id) as id, hex(due_id) as due, sum(allocation.amount) as total
      from allocation join payment on payment.id = payment_id join due on due.id = due_id
      group by payment_id, due_id having sum(allocation.amount) < 0 or max(payment.customer_id <> due.customer_id) limit 20`,
  },
  {
    name: 'the outstanding and the next due date of a customer follow from its dues',
    looked: sql`select count(*) as n from customer`,
    broken: sql`select hex(customer.id) as id, customer.outstanding, coalesce(s.total, 0) as total, customer.next_due_date, s.earliest
      from customer left join (
        select customer_id, sum(outstanding) as total, min(if(outstanding > 0, due_date, null)) as earliest from due where cancelled_at is null group by customer_id
      ) s on s.customer_id = customer.id
      where customer.outstanding <> coalesce(s.total, 0) or not (customer.next_due_date <=> s.earliest) limit 20`,
  },
  {
    name: 'the credit of a customer is the completed money that no due has absorbed, and never lies beside an open due',
    looked: sql`select count(*) as n from customer`,
    broken: sql`select hex(customer.id) as id, customer.outstanding, customer.credit, coalesce(s.free, 0) as free
      from customer left join (
        select customer_id, sum(amount - allocated) as free from payment where state = 'COMPLETED' group by customer_id
      ) s on s.customer_id = customer.id
      where customer.credit <> coalesce(s.free, 0) or (customer.credit > 0 and customer.outstanding > 0) limit 20`,
  },
  {
    name: 'the last payment of a customer is its newest completed one',
    looked: sql`select count(*) as n from customer`,
    broken: sql`select hex(customer.id) as id, customer.last_payment_on, s.last
      from customer left join (select customer_id, max(received_on) as last from payment where state = 'COMPLETED' group by customer_id) s on s.customer_id = customer.id
      where not (customer.last_payment_on <=> s.last) limit 20`,
  },
  {
    name: 'dues and payments are in the currency of their customer',
    looked: sql`select (select count(*) from due) + (select count(*) from payment) as n`,
    broken: sql`select hex(due.id) as id from due join customer on customer.id = customer_id where due.currency <> customer.currency
      union all select hex(payment.id) from payment join customer on customer.id = customer_id where payment.currency <> customer.currency limit 20`,
  },
  {
    name: 'a due says that it was announced exactly when its present date was',
    looked: sql`select count(*) as n from due`,
    broken: sql`select hex(due.id) as id, due.due_date, due.announced from due left join overdue_announcement a on a.due_id = due.id and a.due_date = due.due_date
      where due.announced <> (a.due_id is not null) limit 20`,
  },
]

import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, ObjectType, Query, registerEnumType, Resolver, Root } from 'type-graphql'
import { contactKinds, customerStatuses, type ContactKind, type CustomerStatus } from 'schema/customer'
import { formatMoney } from 'schema/money'
import type { Context } from '../context.ts'
import { listActivity, type AuditRow } from '../events/activity.ts'
import { enumOf } from '../graphql/enums.ts'
import { loaderOf } from '../graphql/loaders.ts'
import { After, connection, counted, countedConnection, First, type CountedPage } from '../graphql/page.ts'
import { Day, Decimal, Instant } from '../graphql/scalars.ts'
import type { Page } from '../db/keyset.ts'
import { contactsOf, customersById, customerStatus, daysPastDue, type CustomerRow } from './customers.ts'
import { countCustomers, customerSortKeys, listCustomers, type CustomerSortKey } from './list.ts'

export const CustomerStatusEnum = enumOf(customerStatuses)
const ContactKindEnum = enumOf(contactKinds)
const CustomerSortKeyEnum = enumOf(customerSortKeys)
registerEnumType(CustomerStatusEnum, {
  name: 'CustomerStatus',
  description: 'By the earliest due date with something outstanding: passed, not passed, none.',
})
registerEnumType(ContactKindEnum, { name: 'ContactKind' })
registerEnumType(CustomerSortKeyEnum, { name: 'CustomerSortKey' })

@ObjectType({ simpleResolvers: true })
export class Contact {
  @Field(() => ContactKindEnum) kind!: ContactKind
  @Field(() => String) value!: string
}

@ObjectType({ simpleResolvers: true })
export class Customer {
  @Field(() => ID) id!: string
  @Field(() => String) number!: string
  @Field(() => String) name!: string
  @Field(() => String, { nullable: true }) note!: string | null
  @Field(() => String) currency!: string
  @Field(() => Decimal) outstanding!: string
  @Field(() => Decimal) credit!: string
  @Field(() => CustomerStatusEnum) status!: CustomerStatus
  @Field(() => Boolean, { description: 'False as long as the customer never had a due: its status then reads «nothing due».' })
  hasDues!: boolean
  @Field(() => Day, { nullable: true }) nextDueDate!: string | null
  @Field(() => Int) daysPastDue!: number
  @Field(() => Day, { nullable: true }) lastPaymentOn!: string | null
  @Field(() => Instant, { nullable: true }) archivedAt!: Date | null
  @Field(() => String, { nullable: true }) archiveReason!: string | null
  @Field(() => Int) version!: number
  @Field(() => Instant) createdAt!: Date
  @Field(() => Instant) updatedAt!: Date
}

/** A customer as the schema shows it: money as decimal strings, status by the business date. */
export function toCustomer(ctx: Context, row: CustomerRow): Customer {
  return {
    ...row,
    outstanding: formatMoney(row.outstanding, row.currency),
    credit: formatMoney(row.credit, row.currency),
    status: customerStatus(row, ctx.today),
    daysPastDue: daysPastDue(row.nextDueDate, ctx.today),
  }
}

const contactsLoader = loaderOf(contactsOf)
const customerLoader = loaderOf(async (ctx, ids: readonly string[]) => new Map((await customersById(ctx, ids)).map((row) => [row.id, row])))

/** A customer by id, read together with the others that the same answer needs. */
export async function loadCustomer(ctx: Context, id: string): Promise<Customer | undefined> {
  const row = await customerLoader(ctx, id)
  return row && toCustomer(ctx, row)
}

@ObjectType({ simpleResolvers: true })
class Change {
  @Field(() => String) field!: string
  @Field(() => String, { nullable: true }) before!: string | null
  @Field(() => String, { nullable: true }) after!: string | null
}

@ObjectType({ simpleResolvers: true })
class Activity {
  @Field(() => ID) id!: string
  @Field(() => Instant) at!: Date
  @Field(() => String) author!: string
  @Field(() => String) action!: string
  @Field(() => [Change], { description: 'Field by field; empty for an act that changed no field.' }) changes!: readonly Change[]
}

const CustomerConnection = countedConnection('CustomerConnection', () => Customer)
const ActivityConnection = connection('ActivityConnection', () => Activity)

@InputType()
class CustomerSort {
  @Field(() => CustomerSortKeyEnum) by!: CustomerSortKey
  @Field(() => Boolean, { defaultValue: false }) descending!: boolean
}

@InputType()
class CustomerFilter {
  @Field(() => String, { nullable: true }) text?: string | null
  @Field(() => [CustomerStatusEnum], { nullable: true }) status?: CustomerStatus[] | null
  @Field(() => Boolean, { defaultValue: false }) archived!: boolean
}

@InputType()
export class ContactInput {
  @Field(() => ContactKindEnum) kind!: ContactKind
  @Field(() => String) value!: string
}

@Resolver(() => Customer)
export class CustomerResolver {
  @Query(() => CustomerConnection)
  async customers(
    @Ctx() ctx: Context,
    @First() first: number,
    @After() after: string | null,
    @Arg('filter', () => CustomerFilter, { nullable: true }) filter: CustomerFilter | null,
    @Arg('sort', () => CustomerSort, { nullable: true }) sort: CustomerSort | null,
  ): Promise<CountedPage<Customer>> {
    const chosen = filter ?? { archived: false }
    const page = await listCustomers(ctx, { filter: chosen, sort: sort ?? { by: 'NAME', descending: false }, first, after })
    return counted({ ...page, nodes: page.nodes.map((row) => toCustomer(ctx, row)) }, () => countCustomers(ctx, chosen))
  }

  @Query(() => Customer, { nullable: true })
  async customer(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Customer | null> {
    return (await loadCustomer(ctx, id)) ?? null
  }

  @FieldResolver(() => [Contact])
  async contacts(@Ctx() ctx: Context, @Root() customer: Customer): Promise<readonly Contact[]> {
    return (await contactsLoader(ctx, customer.id)) ?? []
  }

  @FieldResolver(() => ActivityConnection, { description: 'Who changed what, newest first.' })
  async activity(
    @Ctx() ctx: Context,
    @Root() customer: Customer,
    @First(50) first: number,
    @After() after: string | null,
  ): Promise<Page<Activity>> {
    const page = await listActivity(ctx, customer.id, { first, after })
    return { ...page, nodes: page.nodes.map(toActivity) }
  }
}

const toActivity = (row: AuditRow): Activity => ({
  id: row.id,
  at: row.at,
  author: row.actorName,
  action: row.action,
  changes: row.changes,
})

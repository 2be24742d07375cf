import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql'
import { archiveReason, createCustomerInput, updateCustomerInput } from 'schema/customer'
import { dueInput, dueStatuses, type DueStatus } from 'schema/due'
import { formatMoney } from 'schema/money'
import {
  paymentMethods,
  paymentSources,
  paymentStates,
  recordPaymentInput,
  type PaymentMethod,
  type PaymentSource,
  type PaymentState,
} from 'schema/payment'
import type { Context } from '../context.ts'
import { daysPastDue, getCustomer } from '../customers/customers.ts'
import { ContactInput, Customer, loadCustomer, toCustomer } from '../customers/graphql.ts'
import { DomainError } from '../errors.ts'
import { enumOf } from '../graphql/enums.ts'
import { loaderOf } from '../graphql/loaders.ts'
import { After, counted, countedConnection, First, type CountedPage } from '../graphql/page.ts'
import { checked, Rule } from '../graphql/rules.ts'
import { Day, Decimal, Instant } from '../graphql/scalars.ts'
import { previewAllocation, standingAllocations } from './allocation.ts'
import { addDue, duesById, dueStatus, minorUnits, type DueRow } from './dues.ts'
import { archiveCustomer, createCustomer, restoreCustomer, updateCustomer } from './lifecycle.ts'
import { countDues, countPayments, listDues, listPayments } from './lists.ts'
import { completePayment, failPayment, paymentsById, recordPayment, reopenPayment, reversePayment, type PaymentRow } from './payments.ts'

const DueStatusEnum = enumOf(dueStatuses)
const PaymentStateEnum = enumOf(paymentStates)
const PaymentMethodEnum = enumOf(paymentMethods)
const PaymentSourceEnum = enumOf(paymentSources)
registerEnumType(DueStatusEnum, { name: 'DueStatus' })
registerEnumType(PaymentStateEnum, { name: 'PaymentState' })
registerEnumType(PaymentMethodEnum, { name: 'PaymentMethod' })
registerEnumType(PaymentSourceEnum, { name: 'PaymentSource' })

@ObjectType({ simpleResolvers: true })
export class Due {
  @Field(() => ID) id!: string
  @Field(() => String) reference!: string
  @Field(() => Decimal) amount!: string
  @Field(() => Decimal) outstanding!: string
  @Field(() => String) currency!: string
  @Field(() => Day) issuedOn!: string
  @Field(() => Day) dueDate!: string
  @Field(() => Int) daysPastDue!: number
  @Field(() => DueStatusEnum) status!: DueStatus
  customerId!: string
}

function toDue(ctx: Context, row: DueRow): Due {
  const status = dueStatus(row, ctx.today)
  return {
    id: row.id,
    reference: row.reference,
    amount: formatMoney(row.amount, row.currency),
    outstanding: formatMoney(row.outstanding, row.currency),
    currency: row.currency,
    issuedOn: row.issuedOn,
    dueDate: row.dueDate,
    daysPastDue: status === 'OVERDUE' ? daysPastDue(row.dueDate, ctx.today) : 0,
    status,
    customerId: row.customerId,
  }
}

@ObjectType({ simpleResolvers: true })
export class Payment {
  @Field(() => ID) id!: string
  @Field(() => Decimal) amount!: string
  @Field(() => String) currency!: string
  @Field(() => PaymentStateEnum) state!: PaymentState
  @Field(() => PaymentMethodEnum) method!: PaymentMethod
  @Field(() => String, { nullable: true }) reference!: string | null
  @Field(() => PaymentSourceEnum) source!: PaymentSource
  @Field(() => Day) receivedOn!: string
  @Field(() => Instant) recordedAt!: Date
  @Field(() => String, { description: 'Who recorded it: a member of staff, a partner.' }) recordedBy!: string
  @Field(() => Decimal, { description: 'Completed money that no due has absorbed.' }) unallocated!: string
  customerId!: string
}

function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    amount: formatMoney(row.amount, row.currency),
    currency: row.currency,
    state: row.state,
    method: row.method,
    reference: row.reference,
    source: row.source,
    receivedOn: row.receivedOn,
    recordedAt: row.recordedAt,
    recordedBy: row.recordedBy,
    unallocated: formatMoney(row.state === 'COMPLETED' ? row.amount - row.allocated : 0n, row.currency),
    customerId: row.customerId,
  }
}

@ObjectType({ simpleResolvers: true })
class Allocation {
  @Field(() => Due) due!: Due
  @Field(() => Decimal) amount!: string
}

@ObjectType({ simpleResolvers: true })
class AllocationPreview {
  @Field(() => [Allocation]) lines!: readonly Allocation[]
  @Field(() => Decimal) credit!: string
}

const DueConnection = countedConnection('DueConnection', () => Due)
const PaymentConnection = countedConnection('PaymentConnection', () => Payment)

const dueLoader = loaderOf(async (ctx, ids: readonly string[]) => new Map((await duesById(ctx, ids)).map((row) => [row.id, row])))
const paymentLoader = loaderOf(async (ctx, ids: readonly string[]) => new Map((await paymentsById(ctx, ids)).map((row) => [row.id, row])))
const allocationsLoader = loaderOf(async (ctx, ids: readonly string[]) =>
  Map.groupBy(await standingAllocations(ctx, ids), (line) => line.paymentId),
)

/** A payment by id, read together with the others that the same answer needs. */
export async function loadPayment(ctx: Context, id: string): Promise<Payment | undefined> {
  const row = await paymentLoader(ctx, id)
  return row && toPayment(row)
}

async function toAllocations(ctx: Context, lines: readonly { dueId: string; amount: bigint }[]): Promise<Allocation[]> {
  const rows = await Promise.all(lines.map(({ dueId }) => dueLoader(ctx, dueId)))
  return lines.flatMap((line, index) => {
    const row = rows[index]
    return row === undefined ? [] : [{ due: toDue(ctx, row), amount: formatMoney(line.amount, row.currency) }]
  })
}

async function ownerOf(ctx: Context, customerId: string): Promise<Customer> {
  const customer = await loadCustomer(ctx, customerId)
  if (customer === undefined) throw new DomainError('NOT_FOUND', 'This customer does not exist')
  return customer
}

@Rule(dueInput)
@InputType()
class DueInput {
  @Field(() => Decimal) amount!: string
  @Field(() => Day) dueDate!: string
  @Field(() => Day, { nullable: true }) issuedOn?: string | null
  @Field(() => String, { nullable: true, description: 'Left out: the next D-00001.' }) reference?: string | null
}

@InputType()
class OpenDueInput {
  @Field(() => Decimal) outstanding!: string
  @Field(() => Day) dueDate!: string
  @Field(() => Decimal, {
    nullable: true,
    description:
      'What was outstanding when it was looked at; null when no due was open. If a payment has changed it since, the answer is STALE.',
  })
  was?: string | null
}

@Rule(createCustomerInput)
@InputType()
class CreateCustomerInput {
  @Field(() => String) name!: string
  @Field(() => String, { nullable: true, description: 'Left out: the next C-00001.' }) number?: string | null
  @Field(() => [ContactInput], { defaultValue: [] }) contacts!: ContactInput[]
  @Field(() => String, { nullable: true }) note?: string | null
  @Field(() => String, { nullable: true, description: "Left out: the company's." }) currency?: string | null
  @Field(() => DueInput, { nullable: true, description: 'A first due.' }) due?: DueInput | null
}

@Rule(updateCustomerInput)
@InputType()
class UpdateCustomerInput {
  @Field(() => String) name!: string
  @Field(() => String) number!: string
  @Field(() => [ContactInput]) contacts!: ContactInput[]
  @Field(() => String, { nullable: true }) note?: string | null
  @Field(() => String) currency!: string
  @Field(() => OpenDueInput, { nullable: true, description: 'With no or one open due: what is to be outstanding and when it is due.' })
  due?: OpenDueInput | null
}

@Rule(recordPaymentInput)
@InputType()
class RecordPaymentInput {
  @Field(() => ID, {
    description: 'Made by the caller once per payment (a UUID): a second call with the same key answers with the first payment.',
  })
  key!: string
  @Field(() => ID) customerId!: string
  @Field(() => Decimal) amount!: string
  @Field(() => PaymentMethodEnum) method!: Exclude<PaymentMethod, 'IMPORTED'>
  @Field(() => String, { nullable: true }) reference?: string | null
  @Field(() => Day) receivedOn!: string
  @Field(() => PaymentStateEnum, { defaultValue: 'COMPLETED', description: 'PENDING announces money; COMPLETED says it is here.' }) state!:
    | 'PENDING'
    | 'COMPLETED'
}

@InputType()
class PaymentFilter {
  @Field(() => [PaymentStateEnum], { nullable: true }) state?: PaymentState[] | null
  @Field(() => ID, { nullable: true }) customerId?: string | null
  @Field(() => String, { nullable: true }) text?: string | null
}

@Resolver(() => Customer)
export class CustomerMoneyResolver {
  @FieldResolver(() => DueConnection, { description: 'Open ones first, earliest due date first.' })
  async dues(
    @Ctx() ctx: Context,
    @Root() customer: Customer,
    @First(50) first: number,
    @After() after: string | null,
  ): Promise<CountedPage<Due>> {
    const page = await listDues(ctx, customer.id, { first, after })
    return counted({ ...page, nodes: page.nodes.map((row) => toDue(ctx, row)) }, () => countDues(ctx, customer.id))
  }

  @FieldResolver(() => PaymentConnection, { description: 'Newest first.' })
  async payments(
    @Ctx() ctx: Context,
    @Root() customer: Customer,
    @First(50) first: number,
    @After() after: string | null,
  ): Promise<CountedPage<Payment>> {
    return paymentPage(ctx, { filter: { customerId: customer.id }, descending: true, first, after })
  }

  @Mutation(() => Customer)
  async createCustomer(@Ctx() ctx: Context, @Arg('input', () => CreateCustomerInput) input: CreateCustomerInput): Promise<Customer> {
    return toCustomer(ctx, await createCustomer(ctx, input))
  }

  @Mutation(() => Customer)
  async updateCustomer(
    @Ctx() ctx: Context,
    @Arg('id', () => ID) id: string,
    @Arg('version', () => Int) version: number,
    @Arg('input', () => UpdateCustomerInput) input: UpdateCustomerInput,
  ): Promise<Customer> {
    return toCustomer(ctx, await updateCustomer(ctx, id, version, input))
  }

  @Mutation(() => Customer)
  async archiveCustomer(
    @Ctx() ctx: Context,
    @Arg('id', () => ID) id: string,
    @Arg('reason', () => String, { nullable: true }) reason: string | null,
  ): Promise<Customer> {
    return toCustomer(ctx, await archiveCustomer(ctx, id, checked(archiveReason, reason, 'reason') ?? null))
  }

  @Mutation(() => Customer)
  async restoreCustomer(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Customer> {
    return toCustomer(ctx, await restoreCustomer(ctx, id))
  }
}

@Resolver(() => Due)
export class DueResolver {
  @FieldResolver(() => Customer)
  async customer(@Ctx() ctx: Context, @Root() due: Due): Promise<Customer> {
    return ownerOf(ctx, due.customerId)
  }

  @Mutation(() => Due)
  async addDue(
    @Ctx() ctx: Context,
    @Arg('customerId', () => ID) customerId: string,
    @Arg('input', () => DueInput) input: DueInput,
  ): Promise<Due> {
    return toDue(ctx, await addDue(ctx, customerId, input))
  }
}

@Resolver(() => Payment)
export class PaymentResolver {
  @Query(() => PaymentConnection)
  async payments(
    @Ctx() ctx: Context,
    @First() first: number,
    @After() after: string | null,
    @Arg('filter', () => PaymentFilter, { nullable: true }) filter: PaymentFilter | null,
    @Arg('descending', () => Boolean, { defaultValue: true }) descending: boolean,
  ): Promise<CountedPage<Payment>> {
    return paymentPage(ctx, { filter: filter ?? {}, descending, first, after })
  }

  @Query(() => Payment, { nullable: true })
  async payment(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Payment | null> {
    return (await loadPayment(ctx, id)) ?? null
  }

  @Query(() => AllocationPreview, {
    description: 'What recording this payment would cover, and what would be left as credit. Nothing is written.',
  })
  async allocationPreview(
    @Ctx() ctx: Context,
    @Arg('customerId', () => ID) customerId: string,
    @Arg('amount', () => Decimal) amount: string,
  ): Promise<AllocationPreview> {
    const { currency } = await getCustomer(ctx, customerId)
    const { lines, credit } = await previewAllocation(ctx, customerId, minorUnits('amount', amount, currency))
    return { lines: await toAllocations(ctx, lines), credit: formatMoney(credit, currency) }
  }

  @FieldResolver(() => Customer)
  async customer(@Ctx() ctx: Context, @Root() payment: Payment): Promise<Customer> {
    return ownerOf(ctx, payment.customerId)
  }

  @FieldResolver(() => [Allocation])
  async allocations(@Ctx() ctx: Context, @Root() payment: Payment): Promise<readonly Allocation[]> {
    return toAllocations(ctx, (await allocationsLoader(ctx, payment.id)) ?? [])
  }

  @Mutation(() => Payment)
  async recordPayment(@Ctx() ctx: Context, @Arg('input', () => RecordPaymentInput) input: RecordPaymentInput): Promise<Payment> {
    return toPayment(await recordPayment(ctx, input))
  }

  @Mutation(() => Payment)
  async completePayment(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Payment> {
    return toPayment(await completePayment(ctx, id))
  }

  @Mutation(() => Payment)
  async reopenPayment(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Payment> {
    return toPayment(await reopenPayment(ctx, id))
  }

  @Mutation(() => Payment)
  async failPayment(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Payment> {
    return toPayment(await failPayment(ctx, id))
  }

  @Mutation(() => Payment)
  async reversePayment(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Payment> {
    return toPayment(await reversePayment(ctx, id))
  }
}

async function paymentPage(ctx: Context, query: Parameters<typeof listPayments>[1]): Promise<CountedPage<Payment>> {
  const page = await listPayments(ctx, query)
  return counted({ ...page, nodes: page.nodes.map(toPayment) }, () => countPayments(ctx, query.filter))
}

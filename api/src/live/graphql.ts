import { Arg, Ctx, Field, FieldResolver, ObjectType, Query, registerEnumType, Resolver, Root, Subscription } from 'type-graphql'
import type { Context } from '../context.ts'
import { Customer, loadCustomer } from '../customers/graphql.ts'
import { eventTypes, type EventType, type NumberedEvent } from '../events/events.ts'
import { assertKept, eventTail, followedNumber } from '../events/stream.ts'
import { enumOf } from '../graphql/enums.ts'
import type { RequestContext } from '../graphql/context.ts'
import { EventNumber, Instant } from '../graphql/scalars.ts'
import { Import, loadImport } from '../imports/graphql.ts'
import { loadPayment, Payment } from '../ledger/graphql.ts'
import { reactionName } from '../notifications/notifications.ts'

const EventTypeEnum = enumOf(eventTypes)
registerEnumType(EventTypeEnum, { name: 'EventType' })

@ObjectType({ simpleResolvers: true, description: 'What happened, with the things it happened to as they are now.' })
class LiveEvent {
  @Field(() => EventNumber) number!: number
  @Field(() => EventNumber, {
    description: 'The last number that was meant for this viewer: one that the client has not seen tells it that something is missing.',
  })
  previous!: number
  @Field(() => EventTypeEnum) type!: EventType
  @Field(() => Instant) at!: Date
  @Field(() => String) author!: string
  customerId!: string | undefined
  paymentId!: string | undefined
  importId!: string | undefined
}

@Resolver(() => LiveEvent)
export class LiveResolver {
  @Query(() => EventNumber, {
    description: 'The newest number of the event log: ask before the first page of data, then subscribe after it.',
  })
  async latestEvent(@Ctx() ctx: Context): Promise<number> {
    // Notifications have the numbers of their events and are written a moment later: none may fall between query and subscription.
    return followedNumber(ctx.app, reactionName)
  }

  @Subscription(() => LiveEvent, {
    description: 'What happens, after a number: first what was missed, then what comes.',
    subscribe: ({ args, context }) => follow(context as RequestContext, (args as { after?: number | null }).after ?? undefined),
  })
  events(@Root() event: LiveEvent, @Arg('after', () => EventNumber, { nullable: true }) _after: number | null): LiveEvent {
    return event
  }

  @FieldResolver(() => Customer, { nullable: true })
  async customer(@Ctx() ctx: Context, @Root() event: LiveEvent): Promise<Customer | null> {
    return event.customerId === undefined ? null : ((await loadCustomer(ctx, event.customerId)) ?? null)
  }

  @FieldResolver(() => Payment, { nullable: true })
  async payment(@Ctx() ctx: Context, @Root() event: LiveEvent): Promise<Payment | null> {
    return event.paymentId === undefined ? null : ((await loadPayment(ctx, event.paymentId)) ?? null)
  }

  @FieldResolver(() => Import, { nullable: true })
  async import(@Ctx() ctx: Context, @Root() event: LiveEvent): Promise<Import | null> {
    return event.importId === undefined ? null : ((await loadImport(ctx, event.importId)) ?? null)
  }
}

/** Accounts are the administrators' business. */
const isMeantFor = (event: NumberedEvent, role: string): boolean => role === 'ADMIN' || !event.type.startsWith('STAFF_')

async function* follow(ctx: RequestContext, after: number | undefined): AsyncGenerator<LiveEvent> {
  const { viewer } = ctx
  if (viewer.kind !== 'staff') return
  if (after !== undefined) await assertKept(ctx.app, after)
  let previous = after
  for await (const event of eventTail(ctx.app).follow(after, ctx.signal)) {
    if (!isMeantFor(event, viewer.role)) continue
    const { number, type, at, actorName: author, customerId } = event
    yield {
      number,
      previous: previous ?? number - 1,
      type,
      at,
      author,
      customerId,
      paymentId: 'paymentId' in event ? event.paymentId : undefined,
      importId: 'importId' in event ? event.importId : undefined,
    }
    previous = number
  }
}

import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { contextOf, type Context } from '../context.ts'
import { enumOf } from '../graphql/enums.ts'
import { After, connection, First } from '../graphql/page.ts'
import type { RequestContext } from '../graphql/context.ts'
import { Decimal, EventNumber, Instant } from '../graphql/scalars.ts'
import type { Page } from '../db/keyset.ts'
import { assertKept } from '../events/stream.ts'
import {
  asReader,
  isMeantFor,
  listNotifications,
  markAllRead,
  markRead,
  notificationState,
  notificationTail,
  notificationTypes,
  type NotificationType,
  type ReadableNotification,
} from './notifications.ts'

const NotificationTypeEnum = enumOf(notificationTypes)
registerEnumType(NotificationTypeEnum, { name: 'NotificationType' })

@ObjectType({ simpleResolvers: true })
class Notification {
  @Field(() => ID) id!: string
  @Field(() => EventNumber) number!: number
  @Field(() => NotificationTypeEnum) type!: NotificationType
  @Field(() => Instant) at!: Date
  @Field(() => String) author!: string
  @Field(() => Boolean) read!: boolean
  @Field(() => String, { description: 'Whom it is about, as named when it happened: a customer, a file, a person.' }) subject!: string
  @Field(() => Decimal, { nullable: true }) amount!: string | null
  @Field(() => String, { nullable: true }) currency!: string | null
  @Field(() => Int, { description: 'How many things a digest stands for; 1 for a single one.' }) things!: number
  @Field(() => ID, { nullable: true }) customerId!: string | null
  @Field(() => ID, { nullable: true }) paymentId!: string | null
  @Field(() => ID, { nullable: true }) importId!: string | null
}

const toNotification = (row: ReadableNotification): Notification => ({ ...row, author: row.actorName })

@ObjectType({ simpleResolvers: true })
class NotificationState {
  @Field(() => ID) id!: string
  @Field(() => Int) unread!: number
  @Field(() => EventNumber, { description: "The newest notification's number, for marking all read up to it." }) latest!: number
}

@ObjectType({ simpleResolvers: true })
class LiveNotification {
  @Field(() => EventNumber) number!: number
  @Field(() => EventNumber) previous!: number
  @Field(() => Notification) notification!: Notification
  @Field(() => NotificationState) state!: NotificationState
}

const NotificationConnection = connection('NotificationConnection', () => Notification)

@InputType()
class NotificationFilter {
  @Field(() => [NotificationTypeEnum], { nullable: true }) type?: NotificationType[] | null
  @Field(() => Boolean, { nullable: true }) unread?: boolean | null
}

@Resolver()
export class NotificationResolver {
  @Query(() => NotificationConnection)
  async notifications(
    @Ctx() ctx: Context,
    @First() first: number,
    @After() after: string | null,
    @Arg('filter', () => NotificationFilter, { nullable: true }) filter: NotificationFilter | null,
  ): Promise<Page<Notification>> {
    const page = await listNotifications(ctx, { first, after, ...filter })
    return { ...page, nodes: page.nodes.map(toNotification) }
  }

  @Query(() => NotificationState)
  async notificationState(@Ctx() ctx: Context): Promise<NotificationState> {
    return notificationState(ctx)
  }

  @Mutation(() => NotificationState)
  async markNotificationsRead(@Ctx() ctx: Context, @Arg('ids', () => [ID]) ids: string[]): Promise<NotificationState> {
    return markRead(ctx, ids)
  }

  @Mutation(() => NotificationState)
  async markAllNotificationsRead(@Ctx() ctx: Context, @Arg('upTo', () => EventNumber) upTo: number): Promise<NotificationState> {
    return markAllRead(ctx, upTo)
  }

  @Subscription(() => LiveNotification, {
    name: 'notifications',
    subscribe: ({ args, context }) => follow(context as RequestContext, (args as { after?: number | null }).after ?? undefined),
  })
  liveNotification(
    @Root() message: LiveNotification,
    @Arg('after', () => EventNumber, { nullable: true }) _after: number | null,
  ): LiveNotification {
    return message
  }
}

async function* follow(ctx: RequestContext, after: number | undefined): AsyncGenerator<LiveNotification> {
  const { viewer } = ctx
  if (viewer.kind !== 'staff') return
  if (after !== undefined) await assertKept(ctx.app, after)
  let previous = after
  for await (const row of notificationTail(ctx.app).follow(after, ctx.signal)) {
    if (!isMeantFor(row, viewer.role)) continue
    const now = contextOf(ctx.app, viewer, ctx.requestId)
    const [notification, state] = await Promise.all([asReader(now, row), notificationState(now)])
    yield { number: row.number, previous: previous ?? row.number - 1, notification: toNotification(notification), state }
    previous = row.number
  }
}

import 'reflect-metadata'
import { isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { operations, type Access } from 'schema/permissions'
import { buildSchema, type NonEmptyArray, type PubSub } from 'type-graphql'
import { AuthResolver } from '../auth/graphql.ts'
import { permit } from '../auth/permit.ts'
import { CompanyResolver } from '../company/graphql.ts'
import type { Context } from '../context.ts'
import { CustomerResolver } from '../customers/graphql.ts'
import { ImportResolver } from '../imports/graphql.ts'
import { CustomerMoneyResolver, DueResolver, PaymentResolver } from '../ledger/graphql.ts'
import { LiveResolver } from '../live/graphql.ts'
import { NotificationResolver } from '../notifications/graphql.ts'
import { validate } from './rules.ts'

/** Every resolver of the API. */
const resolvers: NonEmptyArray<Function> = [
  CompanyResolver,
  AuthResolver,
  CustomerResolver,
  CustomerMoneyResolver,
  DueResolver,
  PaymentResolver,
  ImportResolver,
  NotificationResolver,
  LiveResolver,
]

// buildSchema refuses @Subscription without one, although every subscription here brings its own source.
const unused: PubSub = {
  publish: () => {
    throw new Error('Subscriptions have their own source')
  },
  subscribe: () => {
    throw new Error('Subscriptions have their own source')
  },
}

/** The schema, each of whose operations is open to those only whom schema/permissions.ts names; it throws when the two don't match. */
export async function openSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({ resolvers, validate: false, validateFn: validate, pubSub: unused })
  guard(schema, operations)
  return schema
}

/** Wraps every operation with the check of who may use it. @throws Error when one leaves out what the other has. */
export function guard(schema: GraphQLSchema, table: Readonly<Record<string, Access>>): void {
  const left = new Set(Object.keys(table))
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const access = table[field.name]
      if (access === undefined || !Object.hasOwn(table, field.name))
        throw new Error(`schema/permissions.ts does not say who may use ${type.name}.${field.name}`)
      left.delete(field.name)
      field.resolve = allowing(access, field.resolve)
      if (type === schema.getSubscriptionType()) field.subscribe = allowing(access, field.subscribe)
    }
  }
  if (left.size > 0) throw new Error(`schema/permissions.ts names what the schema has not: ${[...left].join(', ')}`)
}

type Resolve = GraphQLFieldResolver<unknown, Context>

function allowing(access: Access, resolve: GraphQLField<unknown, Context>['resolve']): Resolve {
  if (resolve === undefined) throw new Error('An operation has no resolver')
  return (root, args, ctx, info) => {
    permit(ctx.viewer, access)
    return resolve(root, args, ctx, info)
  }
}

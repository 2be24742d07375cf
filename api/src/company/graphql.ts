import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql'
import type { Company, Context } from '../context.ts'
import { Day } from '../graphql/scalars.ts'

@ObjectType('Company', { simpleResolvers: true })
class CompanyType {
  @Field(() => String) name!: string
  @Field(() => String) currency!: string
  @Field(() => String) timeZone!: string
  @Field(() => String) locale!: string
  @Field(() => Day, { description: 'The business date.' }) today!: string
  @Field(() => Int) paymentTermsDays!: number
}

@Resolver()
export class CompanyResolver {
  @Query(() => CompanyType)
  company(@Ctx() ctx: Context): Company & { today: string } {
    return { ...ctx.app.company, today: ctx.today }
  }
}

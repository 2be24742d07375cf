import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql'
import { registerInput, roles, signInInput, type Role as RoleName } from 'schema/staff'
import type { Context } from '../context.ts'
import type { RequestContext } from '../graphql/context.ts'
import { Rule } from '../graphql/rules.ts'
import { Instant } from '../graphql/scalars.ts'
import { approveStaff, listStaff, register, registration, signIn, signOut, type SignedIn, type StaffMember } from './auth.ts'

const Role = Object.fromEntries(roles.map((role) => [role, role]))
registerEnumType(Role, {
  name: 'Role',
  description: 'VIEWER reads; AGENT also works with customers, payments and imports; ADMIN also runs the team.',
})

const StaffStatus = { ACTIVE: 'ACTIVE', WAITING: 'WAITING', DEACTIVATED: 'DEACTIVATED' } as const satisfies {
  [Status in StaffMember['status']]: Status
}
registerEnumType(StaffStatus, { name: 'StaffStatus' })

@ObjectType({ simpleResolvers: true })
class Registration {
  @Field(() => Boolean, { description: 'Nobody has an account yet: the next one becomes the administrator.' }) first!: boolean
  @Field(() => Boolean, { description: 'The first account needs the code that the start printed.' }) codeRequired!: boolean
}

@Rule(registerInput)
@InputType()
class RegisterInput {
  @Field(() => String) name!: string
  @Field(() => String) email!: string
  @Field(() => String) password!: string
  @Field(() => String, { nullable: true }) code?: string | null
}

@Rule(signInInput)
@InputType()
class SignInInput {
  @Field(() => String) email!: string
  @Field(() => String) password!: string
}

@ObjectType({ simpleResolvers: true })
class SignedOut {
  @Field(() => Instant) at!: Date
}

@ObjectType({ simpleResolvers: true, description: 'Whoever asks.' })
class Me {
  @Field(() => ID) id!: string
  @Field(() => String) name!: string
  @Field(() => String) email!: string
  @Field(() => Role) role!: RoleName
  @Field(() => Boolean, { description: 'An administrator has not let this person in yet.' }) waiting!: boolean
}

@ObjectType({ simpleResolvers: true, description: 'Somebody who signs in.' })
class Staff {
  @Field(() => ID) id!: string
  @Field(() => String) name!: string
  @Field(() => String) email!: string
  @Field(() => Role) role!: RoleName
  @Field(() => StaffStatus) status!: StaffMember['status']
  @Field(() => Instant) createdAt!: Date
}

@Resolver()
export class AuthResolver {
  @Query(() => Registration)
  registration(@Ctx() ctx: Context): Promise<Registration> {
    return registration(ctx)
  }

  @Query(() => Me, { nullable: true })
  me(@Ctx() ctx: Context): Me | null {
    return ctx.viewer.kind === 'staff' ? ctx.viewer : null
  }

  @Query(() => [Staff])
  staff(@Ctx() ctx: Context): Promise<readonly StaffMember[]> {
    return listStaff(ctx)
  }

  @Mutation(() => Me)
  async register(@Ctx() ctx: RequestContext, @Arg('input', () => RegisterInput) input: RegisterInput): Promise<Me> {
    return enter(ctx, await register(ctx, input, ctx.caller))
  }

  @Mutation(() => Me)
  async signIn(@Ctx() ctx: RequestContext, @Arg('input', () => SignInInput) input: SignInInput): Promise<Me> {
    return enter(ctx, await signIn(ctx, input, ctx.caller))
  }

  @Mutation(() => SignedOut)
  async signOut(@Ctx() ctx: RequestContext): Promise<SignedOut> {
    const signedOut = await signOut(ctx)
    ctx.cookies.signOut()
    return signedOut
  }

  @Mutation(() => Staff)
  approveStaff(@Ctx() ctx: Context, @Arg('id', () => ID) id: string, @Arg('role', () => Role) role: RoleName): Promise<StaffMember> {
    return approveStaff(ctx, id, role)
  }
}

function enter(ctx: RequestContext, { viewer, tokens }: SignedIn): Me {
  ctx.cookies.signIn(tokens)
  return viewer
}

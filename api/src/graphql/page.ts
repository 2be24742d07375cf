import { Arg, Field, Int, ObjectType, type ClassType } from 'type-graphql'
import { countLimit, type Page } from '../db/keyset.ts'
import { invalid } from '../errors.ts'

/** The most rows that a page may have. */
export const largestPage = 100

@ObjectType({ simpleResolvers: true })
class PageInfo {
  @Field(() => String, { nullable: true }) endCursor!: string | null
  @Field(() => Boolean) hasNextPage!: boolean
}

@ObjectType({
  simpleResolvers: true,
  description: `Counted up to ${countLimit.toLocaleString('en')}; beyond that \`more\` is true and \`count\` stays there.`,
})
export class TotalCount {
  @Field(() => Int) count!: number
  @Field(() => Boolean) more!: boolean
}

/** A page whose rows are counted only when somebody asks how many there are. */
export interface CountedPage<T> extends Page<T> {
  readonly totalCount: () => Promise<TotalCount>
}

/** Puts the count, as a question not yet asked, beside a page. */
export const counted = <T>(page: Page<T>, totalCount: () => Promise<TotalCount>): CountedPage<T> => ({ ...page, totalCount })

/** The object type of a connection with a total; its resolvers give a CountedPage. */
export function countedConnection<T extends object>(name: string, node: () => ClassType<T>): ClassType<CountedPage<T>> {
  @ObjectType(name, { simpleResolvers: true })
  class Connection {
    @Field(() => [node()]) nodes!: readonly T[]
    @Field(() => PageInfo) pageInfo!: PageInfo
    @Field(() => TotalCount) totalCount!: () => Promise<TotalCount>
  }
  return Connection
}

/** The object type of a connection without a total; its resolvers give a Page. */
export function connection<T extends object>(name: string, node: () => ClassType<T>): ClassType<Page<T>> {
  @ObjectType(name, { simpleResolvers: true })
  class Connection {
    @Field(() => [node()]) nodes!: readonly T[]
    @Field(() => PageInfo) pageInfo!: PageInfo
  }
  return Connection
}

/** The argument `first` of a list. */
export const First = (defaultValue = 25): ReturnType<typeof Arg> =>
  Arg('first', () => Int, {
    defaultValue,
    validateFn: (first: number) => {
      if (first < 1 || first > largestPage) throw invalid('first', `Ask for 1 to ${largestPage} rows at a time`)
    },
  })

/** The argument `after` of a list: the cursor where the page before it ended. */
export const After = (): ReturnType<typeof Arg> => Arg('after', () => String, { nullable: true })

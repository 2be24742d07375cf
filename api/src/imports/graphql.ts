import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FileUpload } from 'graphql-upload/processRequest.mjs'
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
import type { Context } from '../context.ts'
import { newId } from '../db/columns.ts'
import type { Page } from '../db/keyset.ts'
import { enumOf } from '../graphql/enums.ts'
import { loaderOf } from '../graphql/loaders.ts'
import { After, connection, counted, countedConnection, First, type CountedPage } from '../graphql/page.ts'
import { Instant, Upload } from '../graphql/scalars.ts'
import { toAnswers } from './answers.ts'
import {
  commitImport,
  countImportRows,
  countStatuses,
  discardImport,
  getImport,
  importsById,
  listImportRows,
  listImports,
  summary,
  uploadImport,
  type ImportLine,
  type ImportRow as ImportRecord,
} from './imports.ts'
import { importRowStatuses, importStatuses, type ImportRowStatus, type ImportStatus } from './statuses.ts'

const ImportStatusEnum = enumOf(importStatuses)
const ImportRowStatusEnum = enumOf(importRowStatuses)
const ImportKnownEnum = { UPDATE: 'UPDATE', SKIP: 'SKIP' } as const
registerEnumType(ImportStatusEnum, { name: 'ImportStatus' })
registerEnumType(ImportRowStatusEnum, { name: 'ImportRowStatus' })
registerEnumType(ImportKnownEnum, {
  name: 'ImportKnown',
  description: 'What a commit does with customers that were there before: change them as the file says, or leave their rows out.',
})

@ObjectType({ simpleResolvers: true })
class ImportColumn {
  @Field(() => String) header!: string
  @Field(() => String, { nullable: true, description: 'The field that it fills; null when it is kept aside.' }) column!: string | null
}

@ObjectType({ simpleResolvers: true })
class ImportAsk {
  @Field(() => String) about!: string
  @Field(() => String) column!: string
  @Field(() => String) question!: string
  @Field(() => [String]) options!: string[]
}

@ObjectType({ simpleResolvers: true })
class ImportCounts {
  @Field(() => Int) rows!: number
  @Field(() => Int) new!: number
  @Field(() => Int) changed!: number
  @Field(() => Int) same!: number
  @Field(() => Int) wrong!: number
  @Field(() => Int) duplicate!: number
  @Field(() => Int) asked!: number
  @Field(() => Int) created!: number
  @Field(() => Int) updated!: number
  @Field(() => Int) skipped!: number
  @Field(() => Int) failed!: number
}

@ObjectType({ simpleResolvers: true })
export class Import {
  @Field(() => ID) id!: string
  @Field(() => String) fileName!: string
  @Field(() => ImportStatusEnum) status!: ImportStatus
  @Field(() => String) sheet!: string
  @Field(() => Int) headerRow!: number
  @Field(() => [ImportColumn]) columns!: readonly ImportColumn[]
  @Field(() => [ImportAsk]) asks!: readonly ImportAsk[]
  @Field(() => String) uploadedBy!: string
  @Field(() => Instant) uploadedAt!: Date
  @Field(() => Instant, { nullable: true }) finishedAt!: Date | null
  totalRows!: number
}

@ObjectType({ simpleResolvers: true })
class ImportCell {
  @Field(() => String) column!: string
  @Field(() => String) text!: string
}

@ObjectType({ simpleResolvers: true })
class ImportFault {
  @Field(() => String, { nullable: true }) column!: string | null
  @Field(() => String) code!: string
  @Field(() => String) message!: string
}

@ObjectType({ simpleResolvers: true })
class ImportRow {
  @Field(() => ID) id!: string
  @Field(() => Int) row!: number
  @Field(() => ImportRowStatusEnum) status!: ImportRowStatus
  @Field(() => [ImportCell]) values!: readonly ImportCell[]
  @Field(() => [ImportFault]) faults!: readonly ImportFault[]
  @Field(() => ID, { nullable: true }) customerId!: string | null
}

const ImportConnection = connection('ImportConnection', () => Import)
const ImportRowConnection = countedConnection('ImportRowConnection', () => ImportRow)

@InputType({ description: 'The answer to a question that an import asked: `about` and `column` are those of the question.' })
class ImportAnswer {
  @Field(() => String) about!: string
  @Field(() => String) column!: string
  @Field(() => String) answer!: string
}

const toImport = (row: ImportRecord): Import => row
const toRow = (line: ImportLine): ImportRow => ({
  id: `${line.importId}:${line.row}`,
  row: line.row,
  status: line.status,
  values: Object.entries(line.cells).flatMap(([column, text]) => (column === 'filled' ? [] : [{ column, text }])),
  faults: line.faults,
  customerId: line.customerId,
})

const statusesLoader = loaderOf(countStatuses)
const importLoader = loaderOf(async (ctx, ids: readonly string[]) => new Map((await importsById(ctx, ids)).map((row) => [row.id, row])))

/** An import by id, read together with the others that the same answer needs. */
export async function loadImport(ctx: Context, id: string): Promise<Import | undefined> {
  const row = await importLoader(ctx, id)
  return row && toImport(row)
}

@Resolver(() => Import)
export class ImportResolver {
  @Query(() => ImportConnection)
  async imports(@Ctx() ctx: Context, @First() first: number, @After() after: string | null): Promise<Page<Import>> {
    const page = await listImports(ctx, { first, after })
    return { ...page, nodes: page.nodes.map(toImport) }
  }

  @Query(() => Import, { nullable: true })
  async import(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Import | null> {
    return (await loadImport(ctx, id)) ?? null
  }

  @FieldResolver(() => ImportCounts)
  async counts(@Ctx() ctx: Context, @Root() { id, totalRows }: Import): Promise<ImportCounts> {
    const statuses = (await statusesLoader(ctx, id)) ?? new Map<ImportRowStatus, number>()
    const of = (status: ImportRowStatus) => statuses.get(status) ?? 0
    return {
      rows: totalRows,
      new: of('NEW'),
      changed: of('CHANGED'),
      same: of('SAME'),
      wrong: of('WRONG'),
      duplicate: of('DUPLICATE'),
      asked: of('ASKED'),
      ...summary(statuses),
    }
  }

  @FieldResolver(() => ImportRowConnection)
  async rows(
    @Ctx() ctx: Context,
    @Root() { id }: Import,
    @First(50) first: number,
    @After() after: string | null,
    @Arg('status', () => [ImportRowStatusEnum], { nullable: true }) status: ImportRowStatus[] | null,
  ): Promise<CountedPage<ImportRow>> {
    const page = await listImportRows(ctx, id, { first, after, status })
    return counted({ ...page, nodes: page.nodes.map(toRow) }, () => countImportRows(ctx, id, status))
  }

  @Mutation(() => Import, {
    description: 'Reads a workbook (.xlsx or .csv) and checks every row; nothing of it is booked before commitImport.',
  })
  async uploadImport(
    @Ctx() ctx: Context,
    @Arg('file', () => Upload) file: Promise<FileUpload>,
    @Arg('answers', () => [ImportAnswer], { defaultValue: [] }) answers: ImportAnswer[],
  ): Promise<Import> {
    const { filename, createReadStream } = await file
    // On disk under a name of our own: the one it came with is only shown.
    const folder = join(ctx.app.config.dataDir, 'uploads')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, newId())
    try {
      await pipeline(createReadStream(), createWriteStream(path, { mode: 0o600 }))
      return toImport(await uploadImport(ctx, { name: shownName(filename), path }, toAnswers(answers)))
    } finally {
      await rm(path, { force: true })
    }
  }

  @Mutation(() => Import)
  async commitImport(
    @Ctx() ctx: Context,
    @Arg('id', () => ID) id: string,
    @Arg('known', () => ImportKnownEnum, { defaultValue: 'UPDATE' }) known: 'UPDATE' | 'SKIP',
  ): Promise<Import> {
    await commitImport(ctx, id, known)
    return toImport(await getImport(ctx, id))
  }

  @Mutation(() => Import)
  async discardImport(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Import> {
    return toImport(await discardImport(ctx, id))
  }
}

const shownName = (name: string): string =>
  name.replaceAll(/[\u0000-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g, '').slice(-200) || 'workbook'

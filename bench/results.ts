import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { execFileSync } from 'node:child_process'

/** What a figure is held against: a floor measured in the same run, or the promised limit itself. */
export interface Against {
  readonly name: string
  readonly figure: number
  /** The measured figure divided by this one. */
  readonly ratio: number
  /** Such as "≤ 1.3" or "≥ 0.85": what the ratio has to be. */
  readonly bar: string
  readonly holds: boolean
}

export interface Result {
  readonly id: string
  readonly case: string
  readonly figure: number
  readonly unit: string
  readonly against: readonly Against[]
  readonly runs: number
  /** The smallest and the largest of the runs. */
  readonly spread: readonly [number, number]
  readonly machine: string
  readonly commit: string
  readonly date: string
}

/** What a case measures; where, when and of what is added here. */
export type Measured = Omit<Result, 'machine' | 'commit' | 'date'>

const file = new URL('results.json', import.meta.url)
const page = new URL('RESULTS.md', import.meta.url)

/** Holds a figure against a limit that it must stay below. */
export const atMost = (name: string, figure: number, limit: number): Against => ({
  name,
  figure: limit,
  ratio: round(figure / limit),
  bar: '≤ 1',
  holds: figure <= limit,
})

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export const round = (value: number): number => Number(value.toPrecision(3))

/** The median of the runs with their spread. */
export const ofRuns = (values: readonly number[]): Pick<Measured, 'figure' | 'runs' | 'spread'> => ({
  figure: round(median(values)),
  runs: values.length,
  spread: [round(Math.min(...values)), round(Math.max(...values))],
})

/** Appends rows to results.json and draws RESULTS.md from the newest row of each case. */
export function keep(measured: readonly Measured[]): void {
  const about = {
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    date: new Date().toISOString().slice(0, 10),
  }
  const all = [...read(), ...measured.map((row) => ({ ...row, ...about }))]
  writeFileSync(file, `[\n${all.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`)
  writeFileSync(page, draw(all))
}

function read(): Result[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Result[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function draw(all: readonly Result[]): string {
  const newest = [...new Map(all.map((row) => [`${row.id} ${row.case}`, row])).values()].toSorted((one, other) =>
    one.id.localeCompare(other.id, 'en', { numeric: true }),
  )
  const rows = newest.map(({ id, case: name, figure, unit, against, runs, spread, machine, commit, date }) => {
    const held = against
      .map((one) => `${one.name} ${one.figure} ${unit}: ${one.ratio} (${one.bar}) ${one.holds ? 'holds' : '**does not hold**'}`)
      .join('; ')
    return `| ${id} | ${name} | ${figure} ${unit} | ${spread[0]}–${spread[1]} (${runs}) | ${held || '–'} | ${date}, ${commit}, ${machine} |`
  })
  return [
    '# Measurements',
    '',
    'Drawn by `pnpm bench` from `results.json`: the newest row of each case. A figure is the median of its runs; ratios are to what was measured in the same run.',
    '',
    '| | case | figure | least–most (runs) | held against (ratio, bar) | when, commit, machine |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

import { measureFirstLoad, measureLive } from './browser.ts'
import { keep, type Measured } from './results.ts'
import { measureStart } from './start.ts'

// `pnpm bench` measures everything, `pnpm bench P10 P11` what is named; rows are appended to results.json and drawn in RESULTS.md.
const cases: Record<string, () => Promise<Measured[]>> = {
  P5: measureLive,
  P10: measureStart,
  P11: measureFirstLoad,
}

const named = process.argv.slice(2)
const unknown = named.filter((id) => cases[id] === undefined)
if (unknown.length > 0) throw new Error(`There is no case ${unknown.join(', ')}; there are ${Object.keys(cases).join(', ')}`)
for (const [id, measure] of Object.entries(cases)) {
  if (named.length > 0 && !named.includes(id)) continue
  const measured = await measure()
  keep(measured)
  for (const row of measured) {
    process.stdout.write(`${row.id}  ${row.case}: ${row.figure} ${row.unit} (${row.spread[0]}–${row.spread[1]}, ${row.runs} runs)\n`)
    for (const one of row.against)
      process.stdout.write(
        `      against ${one.name} ${one.figure}: ratio ${one.ratio}, bar ${one.bar}: ${one.holds ? 'holds' : 'DOES NOT HOLD'}\n`,
      )
  }
}

import { writeFileSync } from 'node:fs'
import { compare } from './comparison.ts'
import type { ComparisonOptions } from './comparison.ts'
import { lineOf } from './differences.ts'
import type { Comparison } from './differences.ts'
import { Judge, knownIn } from './judge.ts'
import type { Unit } from './units.ts'

/** Unlisted differences by the unit's name, or the error that prevented the comparison. */
type Results = Record<string, Comparison | { failed: string }>

/**
 * Compares unit by unit, and prints unlisted differences and outdated entries of the list.
 *
 * @param json - a file for the results.
 * @returns whether there were none.
 */
export async function runComparisons(
  units: Unit[],
  options: ComparisonOptions,
  json?: string,
): Promise<boolean> {
  // In the control nothing may differ, for whatever reason.
  const judge = new Judge(options.plugin === undefined ? [] : knownIn(options))
  const results: Results = {}
  const printed = new Set<string>()
  let areEqual = true
  for (const [index, unit] of units.entries()) {
    const start = performance.now()
    const lines: string[] = []
    try {
      const unlisted = judge.unlisted(unit, await compare(unit, options))
      results[unit.name] = unlisted
      // Every unit has the early dependencies: their differences are printed once.
      lines.push(...linesOf(unlisted).filter((line) => unit.case || !printed.has(line)))
      if (unit.ids.length === 0) for (const line of lines) printed.add(line)
    } catch (error) {
      results[unit.name] = { failed: String(error) }
      lines.push(String(error))
    }
    if (lines.length > 0) areEqual = false
    printUnit(`${index + 1}/${units.length}`, unit, performance.now() - start, lines)
  }
  for (const line of judge.outdated) console.log(`listed, but does not occur: ${line}`)
  if (json !== undefined) writeFileSync(json, JSON.stringify(results, undefined, 2))
  return areEqual && judge.outdated.length === 0
}

const linesOf = (unlisted: Comparison): string[] =>
  Object.entries(unlisted).flatMap(([environment, differences]) =>
    differences.map((each) => `${environment.padEnd(6)} ${lineOf(each)}`),
  )

const SHOWN = 16

function printUnit(count: string, { name }: Unit, duration: number, lines: string[]): void {
  const result = (lines.length > 0 ? 'DIFFERS' : 'equal').padEnd(7)
  console.log(
    `${count.padStart(7)} ${result} ${(duration / 1000).toFixed(1).padStart(5)} s  ${name}`,
  )
  for (const line of lines.slice(0, SHOWN)) console.log(`    ${line}`)
  if (lines.length > SHOWN) console.log(`    and ${lines.length - SHOWN} more`)
}

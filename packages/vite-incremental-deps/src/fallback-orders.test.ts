import { expect, test } from 'vitest'
import { random, shuffled } from '../corpus/random.ts'
import { commonJs, createProject, pkg, RELOADING, subpaths } from './project.ts'
import type { Server } from './project.ts'

const NAMES = Array.from({ length: 20 }, (_, index) => `late${index}`)
const FALLBACK = 'family/other'

/** Each uses the same singleton and another late package; every third is CommonJS. */
function latePackage(index: number): Record<string, string> {
  const [own, other] = [NAMES[index]!, NAMES[(index * 7 + 3) % NAMES.length]!]
  return index % 3 === 0
    ? pkg(
        own,
        { 'index.js': `exports.${own} = {}; exports.singleton = () => require('singleton').state` },
        commonJs,
      )
    : pkg(own, {
        'index.js': `
          import { state } from 'singleton'
          import * as other from '${other}'
          export const ${own} = {}
          export const singleton = () => state
          export const uses = () => other.${other}`,
      })
}

const files = {
  ...pkg('early', { 'index.js': `export { state } from 'singleton'` }),
  ...pkg('singleton', { 'index.js': `export const state = {}` }),
  // Whose second module shares the first one's internals, and is left to Vite once those are replaced.
  ...pkg(
    'family',
    {
      'index.js': `export { inner } from './inner.js'`,
      'other.js': `export { inner } from './inner.js'`,
      'inner.js': `export const inner = {}`,
    },
    subpaths,
  ),
  ...Object.assign({}, ...NAMES.map((_, index) => latePackage(index))),
}

const codeFor = (ids: string[]): string =>
  ids.map((id, at) => `import * as m${at} from '${id}'`).join('\n') +
  `\nimport { state } from 'early'\nexport { state }\nexport const all = [${ids.map((_, at) => `m${at}`).join()}]`

/** What is inside one that is used by another is the same object as what the app has. */
async function findDoubles(server: Server, ids: string[]): Promise<string[]> {
  const late = ids.filter((id) => id !== FALLBACK)
  const { all, state } = await server.run(codeFor(late))
  const byName = new Map(late.map((id, at) => [id, all[at][id]]))
  return late.filter((id, at) => {
    const index = NAMES.indexOf(id)
    const other = NAMES[(index * 7 + 3) % NAMES.length]!
    const isSame = index % 3 === 0 || !byName.has(other) || all[at].uses() === byName.get(other)
    return all[at].singleton() !== state || !isSame
  })
}

test.for(Array.from({ length: 10 }, (_, seed) => seed))(
  'a fallback somewhere among 20 additions ends consistent: order %i',
  async (seed) => {
    await using project = await createProject(files)
    const server = await project.serve({ early: ['early', 'family'] })
    const known: string[] = []
    for (const id of shuffled([...NAMES, FALLBACK], random(seed))) {
      known.push(id)
      if (id === FALLBACK) {
        await project.write({ 'node_modules/family/inner.js': `export const inner = {}` })
        const reloading = server.log.next(RELOADING)
        await Promise.allSettled([server.run(`import '${id}'`)])
        await reloading
        await server.reload()
      } else {
        await server.run(`import '${id}'`)
      }
      expect(await findDoubles(server, known), `after ${id}`).toEqual([])
    }
    const left = server.reports.filter(({ fellBack }) => fellBack !== undefined)
    expect(left.flatMap(({ added }) => added)).toEqual([FALLBACK])
    expect(server.log.matching(RELOADING)).toHaveLength(1)
    expect(server.log.matching(/there twice/)).toEqual([])
  },
)

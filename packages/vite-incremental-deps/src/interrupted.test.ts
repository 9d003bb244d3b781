import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createProject, pkg, RELOADING } from './project.ts'
import type { Project, Server } from './project.ts'

const files = {
  ...pkg('early', { 'index.js': `export const early = 'early'` }),
  ...pkg('late-x', { 'index.js': `export const id = 'late-x'` }),
  ...pkg('late-y', { 'index.js': `export { id as x } from 'late-x'; export const id = 'late-y'` }),
}

const output = (project: Project, name: string): string =>
  project.file(`node_modules/.vite/deps_ssr/${name}`)

const ids = async (server: Server): Promise<unknown[]> => {
  const { id, y, x } = await server.run(
    `export { id } from 'late-x'; export { id as y, x } from 'late-y'`,
  )
  return [id, y, x]
}

const all = ['late-x', 'late-y', 'late-x']

test('a dependency that another server has added is taken over', async () => {
  await using project = await createProject(files)
  const a = await project.serve()
  const b = await project.serve()
  await a.run(`import 'late-x'`)
  const written = await readFile(output(project, 'late-x.js'), 'utf8')

  const { id } = await b.run(`export { id } from 'late-x'`)
  expect(id).toBe('late-x')
  expect(b.reports.map(({ added, fellBack }) => [added, fellBack])).toEqual([
    [['late-x'], undefined],
  ])
  expect(await readFile(output(project, 'late-x.js'), 'utf8')).toBe(written)
  expect(await ids(b)).toEqual(all)
  expect(await ids(a)).toEqual(all)
  for (const server of [a, b]) await server.close()
  const later = await project.serve()
  expect(await ids(later)).toEqual(all)
  expect(later.reports).toEqual([])
})

test.each<[string, (record: string) => string]>([
  ['before its line was written', (record) => record.replace(/[^\n]*\n$/, '')],
  ['while its line was written', (record) => record.slice(0, -100)],
])('an addition that was interrupted %s is done anew', async (_when, interrupt) => {
  await using project = await createProject(files)
  const first = await project.serve()
  await first.run(`import 'late-x'`)
  await first.run(`import 'late-y'`)
  await first.close()
  const file = output(project, '_incremental.jsonl')
  await writeFile(file, interrupt(await readFile(file, 'utf8')))

  const server = await project.serve()
  expect(await ids(server)).toEqual(all)
  // The first is there, and is not touched.
  expect(server.reports.map(({ added, fellBack }) => [added, fellBack])).toEqual([
    [['late-y'], undefined],
  ])
  expect(server.log.matching(RELOADING)).toEqual([])
  await server.close()
  const later = await project.serve()
  expect(await ids(later)).toEqual(all)
  expect(later.reports).toEqual([])
  expect(later.log.matching(/damaged/)).toEqual([])
})

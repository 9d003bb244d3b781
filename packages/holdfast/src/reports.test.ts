import { expect, test } from 'vitest'
import { createProject, pkg } from './project.ts'

const files = {
  ...pkg('late', { 'index.js': 'export const late = {}' }),
  'src/entry.js': `import './middle.js'; import 'early/a'`,
  'src/middle.js': `import './leaf.js'`,
  'src/leaf.js': '',
}

test('an addition', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  await server.run('src/entry.js')
  await project.write({ 'src/leaf.js': `import 'late'` })
  const entry = await server.settled('late')
  console.log(entry, server.log.lines)
  expect(entry.outcome).toBe('added')
})
test('a reload', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ incrementalDeps: false })
  await server.run('src/entry.js')
  await project.write({ 'src/leaf.js': `import 'early/b'` })
  const entry = await server.settled('early/b')
  console.log(entry, server.log.lines)
  expect(entry.outcome).toBe('reloaded')
  await server.vite.close()
  console.log(entry, server.log.lines)
})

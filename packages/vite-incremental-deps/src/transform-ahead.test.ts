import { expect, test } from 'vitest'
import { createProject, pkg } from './project.ts'

test('outputs are transformed before the runner asks for them, other modules are not', async () => {
  await using project = await createProject({
    // What is inside can be imported late, and so is in a chunk.
    ...pkg('early', {
      'index.js': `import { inside } from './inside.js'\nexport const early = () => inside`,
      'inside.js': 'export const inside = {}',
    }),
    'src/asked.js': `import './other.js'\nexport * from 'early'`,
    'src/other.js': '',
  })
  const server = await project.serve()
  server.ssr.moduleGraph.invalidateAll()
  await server.ssr.fetchModule('/src/asked.js')
  const isTransformed = (name: string): boolean[] => {
    const modules = [...server.ssr.moduleGraph.idToModuleMap.values()]
    const found = modules.filter(({ file }) => file?.startsWith(project.file(name)))
    return found.map(({ transformResult }) => transformResult !== null)
  }
  await expect.poll(() => isTransformed('node_modules/.vite/deps_ssr/')).toEqual([true, true])
  expect(isTransformed('src/other.js')).toEqual([false])
})

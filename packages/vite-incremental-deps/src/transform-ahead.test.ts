import { expect, test, vi } from 'vitest'
import { createProject, pkg, sharing } from './project.ts'

test('outputs are transformed before the runner asks for them, other modules are not', async () => {
  await using project = await createProject({
    ...sharing,
    'src/asked.js': `import './other.js'\nexport * from 'early'\nexport * from 'early/more'`,
    'src/other.js': '',
  })
  const { ssr } = await project.serve({ early: [] })
  const isTransformed = (name: string): boolean[] => {
    const modules = [...ssr.moduleGraph.idToModuleMap.values()]
    const found = modules.filter(({ file }) => file?.startsWith(project.file(name)))
    return found.map(({ transformResult }) => transformResult !== null)
  }
  const transformRequest = vi.spyOn(ssr, 'transformRequest')
  await ssr.fetchModule('/src/asked.js')
  await expect.poll(() => isTransformed('node_modules/.vite/deps_ssr/')).toEqual([true, true, true])
  expect(isTransformed('src/other.js')).toEqual([false])
  // Each once, however many import it.
  expect(transformRequest).toHaveBeenCalledTimes(4)
})

test('an output is evaluated again when something that it imports has changed', async () => {
  await using project = await createProject({
    ...pkg('early', { 'index.js': `export { value } from 'virtual:value'` }),
    'src/first.js': `export const { value } = await import('early')`,
    'src/asked.js': `export { value } from 'early'`,
  })
  let value = 1
  const server = await project.serve({
    early: [],
    config: {
      plugins: [
        {
          name: 'value',
          resolveId: (id) => (id === 'virtual:value' ? `\0${id}` : null),
          load: (id) => (id === '\0virtual:value' ? `export const value = ${value}` : null),
        },
      ],
      environments: { ssr: { optimizeDeps: { exclude: ['virtual:value'] } } },
    },
  })
  expect(await server.runner.import('/src/first.js')).toHaveProperty('value', 1)
  value = 2
  const { moduleGraph } = server.ssr
  moduleGraph.invalidateModule(moduleGraph.getModuleById('\0virtual:value')!)
  const transformRequest = vi.spyOn(server.ssr, 'transformRequest')
  await server.ssr.fetchModule('/src/asked.js')
  // The runner would keep the output if it were transformed by the time that it asks for it.
  expect(transformRequest.mock.calls).toEqual([['/src/asked.js']])
  expect(await server.runner.import('/src/asked.js')).toHaveProperty('value', 2)
})

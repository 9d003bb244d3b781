import { expect, test } from 'vitest'
import { importerChain, takeImporter } from './importers.ts'
import { createProject, pkg } from './project.ts'

const late = pkg('late', { 'index.js': 'export const late = {}' })

test('the chain ends in a cycle, and is not without end', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const chain = names.map((name, index) => [`src/${name}.js`, `import './${names[index + 1]}.js'`])
  await using project = await createProject({
    ...late,
    ...Object.fromEntries(chain),
    'src/g.js': `import 'early/a'`,
    'src/one.js': `import './two.js'`,
    'src/two.js': `import './one.js'`,
  })
  const { run, ssr } = await project.serve()
  await run('src/a.js')
  await run('src/one.js')
  const of = (name: string) => importerChain(ssr, project.file(name))
  expect(of('src/g.js')).toEqual(['src/g.js', 'src/f.js', 'src/e.js', 'src/d.js', 'src/c.js'])
  expect(of('src/b.js')).toEqual(['src/b.js', 'src/a.js'])
  expect(of('src/two.js')).toEqual(['src/two.js', 'src/one.js'])
  expect(of('src/unknown.js?query')).toEqual(['src/unknown.js'])
  expect(importerChain(ssr, '\0virtual:module')).toEqual(['virtual:module'])
})

test('what is known is not remembered, and what is taken is forgotten', async () => {
  await using project = await createProject({
    ...late,
    'src/entry.js': `import 'early/a'`,
    'src/late.js': `import 'late'`,
    'src/missing.js': `import 'missing'`,
  })
  const { run, ssr, settled } = await project.serve()
  await run('src/entry.js')
  expect(takeImporter(ssr, 'early/a')).toBeUndefined()
  await run('src/late.js')
  await settled('late')
  expect(takeImporter(ssr, 'late')).toBeUndefined()
  await expect(run('src/missing.js')).rejects.toThrow('missing')
  expect(takeImporter(ssr, 'missing')).toBe(project.file('src/missing.js'))
  expect(takeImporter(ssr, 'missing')).toBeUndefined()
})

import { describe, expect, test } from 'vitest'
import { resolveFresh } from './index.ts'
import { createProject, dep, majors } from './project.ts'

describe.each(majors)('Vite %s', (_name, major) => {
  test('the id is that of now, where the module graph has a ghost', async () => {
    await using project = await createProject(major, dep)
    const server = await project.serve()
    const { ssr, log } = server
    const fetchId = async (url: string): Promise<unknown> => {
      const result = await ssr.fetchModule(url)
      return 'id' in result && result.id
    }
    const before = await resolveFresh(ssr, 'dep/a0')
    expect(before).toMatch(/\/deps_ssr\/dep_a0\.js\?v=\w+$/)
    await fetchId(before)
    const ghost = await fetchId('dep/a0')
    expect(ghost).toBe(before)

    const reloading = log.next(/\(ssr\).*optimized dependencies changed\. reloading/)
    await Promise.allSettled([ssr.fetchModule(await resolveFresh(ssr, 'dep/b0'))])
    await reloading
    expect((await ssr.moduleGraph.getModuleByUrl('dep/a0'))!.id).toBe(ghost)
    const after = await resolveFresh(ssr, 'dep/a0')
    expect(after).toMatch(/\/deps_ssr\/dep_a0\.js\?v=\w+$/)
    expect(after).not.toBe(before)
    expect(await fetchId(after)).toBe(after)
  })

  test('what needs no resolving stays as it is', async () => {
    await using project = await createProject(major, { 'src/a.js': '', 'src/b.js': '' })
    const { ssr } = await project.serve({
      plugins: [
        {
          name: 'external',
          resolveId: (id) => (id === 'external' ? { id: '/elsewhere.js', external: true } : null),
        },
      ],
    })
    expect(await resolveFresh(ssr, 'external')).toBe('external')
    expect(await resolveFresh(ssr, 'node:fs')).toBe('node:fs')
    expect(await resolveFresh(ssr, 'missing')).toBe('missing')
    expect(await resolveFresh(ssr, '/src/a.js')).toBe(project.file('src/a.js'))
    expect(await resolveFresh(ssr, './b.js', project.file('src/a.js'))).toBe(
      project.file('src/b.js'),
    )
  })
})

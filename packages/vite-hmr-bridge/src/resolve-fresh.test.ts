import { readFile } from 'node:fs/promises'
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

  test.each([
    ['virtual:x', '/@id/__x00__virtual:x'],
    ['\0virtual:x', '/@id/__x00__virtual:x'],
    ['/@id/__x00__virtual:x', '/@id/__x00__virtual:x'],
    ['virtual:windows', '/@id/C:/src/x.js'],
    ['\0not-resolved', '/@id/__x00__not-resolved'],
  ])('%j can be fetched with an importer and without', async (url, fresh) => {
    await using project = await createProject(major)
    const ids: Record<string, string> = {
      'virtual:x': '\0virtual:x',
      'virtual:windows': 'C:/src/x.js',
    }
    const { ssr } = await project.serve({
      plugins: [
        {
          name: 'virtual',
          resolveId: (id) => ids[id],
          load: (id) => (id.startsWith('\0') || id.startsWith('C:') ? 'export default 1' : null),
        },
      ],
    })
    for (const importer of [project.file('src/page.js'), undefined]) {
      expect(await resolveFresh(ssr, url, importer)).toBe(fresh)
      expect(await ssr.fetchModule(fresh, importer)).toHaveProperty('code')
    }
  })

  test('the example of the README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const [example] = /^async load\(id\) \{\n[^]*?\n\}$/m.exec(readme)!
    await using project = await createProject(major, { ...dep, 'src/a.js': '', 'src/b.js': '' })
    const importer = project.file('src/a.js')
    const context = {
      resolveFresh,
      parse: (id: string) => ({ url: id.slice('\0copy:'.length), importer }),
      toWorkerModule: (result: object) => JSON.stringify(result),
      get server() {
        return server.vite
      },
    }
    // oxlint-disable-next-line no-implied-eval, no-new-func
    const { load } = new Function('context', `with (context) return { ${example} }`)(context)
    const server = await project.serve({
      plugins: [
        {
          name: 'virtual',
          resolveId: (id) => (id === 'virtual:x' ? '\0virtual:x' : null),
          load: (id) => (id === '\0virtual:x' ? 'export default 1' : null),
        },
      ],
    })
    const { ssr } = server
    const watched: string[] = []
    const fetch = async (url: string): Promise<unknown> =>
      JSON.parse(
        await load.call({ addWatchFile: (file: string) => watched.push(file) }, `\0copy:${url}`),
      )
    expect(await fetch('virtual:x')).toMatchObject({ id: '\0virtual:x' })
    expect(await fetch('./b.js')).toMatchObject({ id: project.file('src/b.js') })
    expect(watched).toContain(project.file('src/b.js'))
    expect(await fetch('dep/a0')).toMatchObject({ id: await resolveFresh(ssr, 'dep/a0') })
    expect(await fetch('node:fs')).toMatchObject({ externalize: 'node:fs' })
  })
})

import type { Plugin } from 'vite'
import { beforeEach, describe, expect, test } from 'vitest'
import { hmrBridge } from './index.ts'
import { createProject, majors, record, ssrModules, type Project, type Server } from './project.ts'

const evaluated: string[] = []
Object.assign(globalThis, { evaluated })
beforeEach(() => {
  evaluated.length = 0
})

const files = {
  'src/entry.js': `
    import 'virtual:vite-hmr-bridge/client'
    import { boundary } from './boundary.js'
    export const render = () => boundary.page.text
    globalThis.evaluated.push('entry')`,
  // It hands over what it is made of by reference, as its importers are not evaluated again.
  'src/boundary.js': `
    import page from 'ssr:/src/page.js'
    export const boundary = (globalThis.boundary ??= {})
    boundary.page = page
    globalThis.evaluated.push('boundary')
    /* accepts */`,
  'src/page.js': `
    export { text } from './text.js'
    globalThis.evaluated.push('page')`,
  'src/text.js': `
    export const text = 'before'
    globalThis.evaluated.push('text')`,
}

const accepting = {
  ...files,
  'src/boundary.js': files['src/boundary.js'].replace('/* accepts */', 'import.meta.hot.accept()'),
}

async function serve(project: Project, ...plugins: Plugin[]): Promise<Server> {
  const server = await project.serve({
    plugins: [...plugins, hmrBridge({ from: 'ssr', to: 'worker' })],
  })
  expect(await render(server)).toBe('before')
  evaluated.length = 0
  return server
}

async function render(server: Server): Promise<string> {
  const entry = await server.runner.import<{ render: () => string }>('/src/entry.js')
  return entry.render()
}

async function edit(project: Project, server: Server): Promise<void> {
  const reloaded = server.log.next(/\(ssr\).*page reload src\/text\.js/)
  await project.edit('src/text.js', 'before', 'after')
  await reloaded
  expect(await server.api.applied('worker')).toBe(true)
}

const types = (payloads: { type: string }[]): string[] =>
  payloads.map(({ type }) => type).filter((type) => type !== 'custom')

describe.each(majors)('Vite %s', (_name, major) => {
  test('an edit is an update, up to the module that accepts', async () => {
    await using project = await createProject(major, accepting)
    const server = await serve(project, ssrModules())
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(['update'])
    expect(evaluated).toEqual(['text', 'page', 'boundary'])
    expect(await render(server)).toBe('after')
  })

  test('where none accepts, it is one full reload that the runner heeds', async () => {
    await using project = await createProject(major, files)
    const server = await serve(project, ssrModules())
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(['full-reload'])
    expect(payloads[0]).not.toHaveProperty('triggeredBy')
    expect(evaluated).toEqual(['text', 'page', 'boundary', 'entry'])
    expect(await render(server)).toBe('after')
  })

  test('copies that do not name their files are updated by a full reload', async () => {
    await using project = await createProject(major, accepting)
    const server = await serve(project, ssrModules({ watch: false }))
    const payloads = record(server.worker)
    await edit(project, server)
    expect(payloads[0]).toEqual({ type: 'full-reload', path: '*' })
    expect(types(payloads)).toEqual(['full-reload'])
    expect(evaluated).toEqual(['text', 'page', 'boundary', 'entry'])
    expect(await render(server)).toBe('after')
  })

  test('also where the worker has the file itself', async () => {
    await using project = await createProject(major, {
      ...accepting,
      'src/entry.js': `import './text.js'\nimport.meta.hot.accept()\n${files['src/entry.js']}`,
    })
    const server = await serve(project, ssrModules({ watch: false }))
    await edit(project, server)
    expect(await render(server)).toBe('after')
  })

  test('what Vite has not analyzed stops its HMR, so it is a full reload', async () => {
    await using project = await createProject(major, {
      ...accepting,
      'src/entry.js': `${files['src/entry.js']}\nexport const never = () => import('./text.js')`,
    })
    const server = await serve(project, ssrModules())
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(['full-reload'])
    expect(await render(server)).toBe('after')
  })

  test.each([
    ['accepts', accepting, ['update'], ['text', 'page', 'boundary']],
    ['does not accept', files, ['full-reload'], ['text', 'page', 'boundary', 'entry']],
  ])('what another plugin keeps from the target is made up for: %s', async (_, all, sent, ran) => {
    await using project = await createProject(major, all)
    const filter: Plugin = {
      name: 'filter',
      hotUpdate() {
        return this.environment.name === 'worker' ? [] : undefined
      },
    }
    const server = await serve(project, ssrModules(), filter)
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(sent)
    expect(evaluated).toEqual(ran)
    expect(await render(server)).toBe('after')
  })

  test('what is an update does not make a storm', async () => {
    await using project = await createProject(major, accepting)
    const server = await serve(project, ssrModules())
    await edit(project, server)
    for (let time = 0; time < 30; time++) {
      server.ssr.hot.send({ type: 'full-reload', triggeredBy: project.file('src/text.js') })
      expect(await server.api.applied('worker')).toBe(true)
    }
    expect(evaluated).toEqual(['text', 'page', 'boundary'])
  })

  test.each([
    ['a file that no source has', true, 'src/boundary.js'],
    ['a file that no copy names', false, 'src/text.js'],
  ])("a target's own reload stays what it is: %s", async (_, watch, file) => {
    await using project = await createProject(major, files)
    const server = await serve(project, ssrModules({ watch }))
    const payloads = record(server.worker)
    const reload = { type: 'full-reload' as const, triggeredBy: project.file(file) }
    server.worker.hot.send(reload)
    expect(payloads).toEqual([reload])
  })
})

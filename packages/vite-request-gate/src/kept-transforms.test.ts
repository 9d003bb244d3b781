import type { DevEnvironment, Environment, InlineConfig, Plugin } from 'vite'
import { describe, expect, test } from 'vitest'
import { FILE_TIME_MARGIN } from './kept-transforms.ts'
import { createProject, majors, RELOADING } from './project.ts'
import type { Project, Server, Vite } from './project.ts'

const files = {
  'src/value.js': `export const value = 1; export { raw } from 'raw'`,
  'src/plain.js': `export const plain = 'plain'`,
  'src/other.js': `import 'virtual:versioned'; export const plain = 'plain'`,
  'node_modules/raw/package.json': '{ "name": "raw", "version": "1.0.0", "main": "index.js" }',
  'node_modules/raw/index.js': 'export const raw = {}',
  'src/user.js': `
    export { a as used } from 'dep/a1'
    import { a } from 'dep/a0'
    export { raw } from 'raw'
    export { plain } from './plain.js'
    export { a }`,
  'node_modules/raw/data.json': '{ "data": 1 }',
  'src/lazy.js': `
    import { a } from 'dep/a2'
    import { data } from 'raw/data.json'
    export const lazy = () => 'lazy ' + a.index + data`,
  'src/optional.js': `export const optional = () => import('later').then((all) => all.later, () => 'none')`,
  'src/entry.js': `
    import { raw, value } from './value.js'
    import { plain } from './plain.js'
    import { a, raw as same, used } from './user.js'
    import generated from 'virtual:generated'
    export default async (request, response) => {
      let lazy
      if (request.url === '/lazy') lazy = (await import('./lazy.js')).lazy()
      if (request.url === '/optional') lazy = await (await import('./optional.js')).optional()
      const { a: one } = await import('dep/a1')
      const isOne = one === used && raw === same
      response.end(JSON.stringify({ value, plain, a: a.index, isOne, generated, lazy }))
    }`,
}

interface Setup extends AsyncDisposable {
  project: Project
  server: Server
  /** The modules of the worker that were transformed, by name, since this was last called. */
  transformed: () => string[]
  /** What the plugin does. */
  plugin: {
    /** The content of `virtual:generated`. */
    content: string
    onLoad?: () => void
    /** What is loaded instead of a file. */
    instead?: { name: string; code: string }
    /** What is added to a module's code. */
    more?: (id: string, version: string) => { code: string; meta?: object } | undefined
  }
  get: (pathname?: string) => Promise<Record<string, unknown>>
  /** Has the optimizer reload everything; `dep/a0` changes, other dependencies do not. */
  reload: () => Promise<void>
}

const versionOf = (environment: Environment): string =>
  (environment as DevEnvironment).depsOptimizer!.metadata.browserHash

const nameOf = (id: string): string => id.replace(/^.*[/\0]/, '').replace(/\?.*$/, '')

async function start(
  major: Vite,
  plugins: Partial<Setup['plugin']> = {},
  config: InlineConfig = {},
): Promise<Setup> {
  const project = await createProject(major, files)
  const created = Date.now()
  const options: Setup['plugin'] = { content: 'first', ...plugins }
  let transformed: string[] = []
  const plugin: Plugin = {
    name: 'observer',
    resolveId(id) {
      if (id === 'virtual:versioned') return `\0virtual:generated?v=${versionOf(this.environment)}`
      return id === 'virtual:generated' ? `\0${id}` : undefined
    },
    load(id) {
      if (nameOf(id) === options.instead?.name) return options.instead.code
      if (!id.startsWith('\0virtual:generated')) return undefined
      const code = `export default ${JSON.stringify(options.content)}`
      options.onLoad?.()
      return code
    },
    transform(code, id) {
      if (this.environment.name !== 'worker') return undefined
      transformed.push(nameOf(id))
      const added = options.more?.(id, versionOf(this.environment))
      return added && { map: null, ...added, code: code + added.code }
    },
  }
  const server = await project.serve(undefined, {
    ...config,
    plugins: [plugin],
    environments: {
      worker: {
        resolve: { noExternal: true },
        optimizeDeps: {
          noDiscovery: false,
          include: ['dep/a0', 'dep/a1', 'dep/a2'],
          exclude: ['raw'],
        },
      },
    },
  })
  const get = async (pathname?: string): Promise<Record<string, unknown>> => {
    const { status, text } = await server.get(pathname)
    expect(status, text).toBe(200)
    return JSON.parse(text) as Record<string, unknown>
  }
  // One that was just written could be written again in the same moment of a file's time.
  await expect.poll(() => Date.now() - created).toBeGreaterThan(FILE_TIME_MARGIN)
  await get('/lazy')
  await server.api.settled()
  return {
    project,
    server,
    plugin: options,
    get,
    transformed() {
      const all = transformed
      transformed = []
      return all
    },
    async reload() {
      transformed = []
      await project.edit('src/value.js', '1;', `2; import 'dep/b0';`)
      await expect.poll(async () => (await get())['value']).toBe(2)
      await server.api.settled()
      expect(server.log.matching(RELOADING)).toHaveLength(1)
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  }
}

const answer = { value: 2, plain: 'plain', a: 0, isOne: true, generated: 'first' }

describe.each(majors)('Vite %s', (_name, major) => {
  test('a reload of the optimizer has only that transformed which is new', async () => {
    await using setup = await start(major)
    await setup.reload()
    expect(await setup.get()).toEqual(answer)
    const names = setup.transformed()
    // `entry.js` imports the edited module. What `dep/a0` and `dep/b0` share is in a chunk now.
    for (const name of ['value.js', 'entry.js', 'dep_a0.js', 'dep_b0.js']) {
      expect(names).toContain(name)
    }
    for (const name of ['plain.js', 'user.js', 'dep_a1.js', 'virtual:generated']) {
      expect(names).not.toContain(name)
    }
    // Files of packages may be others, and Vite does not watch them.
    await setup.get('/lazy')
    const lazy = setup.transformed()
    expect(lazy).toContain('data.json')
    expect(lazy).not.toContain('lazy.js')
  })

  test('the module graph is what Vite would have made it', async () => {
    await using setup = await start(major)
    const { worker } = setup.server
    const imports = (name: string): string[] =>
      [...worker.moduleGraph.getModulesByFile(setup.project.file(name))!].flatMap((module) =>
        [...module.importedModules].map(({ id, importers }) => {
          expect(importers).toContain(module)
          return id!
        }),
      )
    const before = imports('src/user.js')
    await setup.reload()
    const { browserHash, depInfoList } = worker.depsOptimizer!.metadata
    const current = ['dep/a1', 'dep/a0'].map((id) =>
      worker.depsOptimizer!.getOptimizedDepId(depInfoList.find((info) => info.id === id)!),
    )
    const raw = `${setup.project.file('node_modules/raw/index.js')}?v=${browserHash}`
    const plain = setup.project.file('src/plain.js')
    expect(imports('src/user.js').toSorted()).toEqual([...current, raw, plain].toSorted())
    expect(before.filter((id) => current.includes(id))).toEqual([])
    for (const id of before.filter((one) => one !== plain)) {
      expect(
        [...worker.moduleGraph.getModuleById(id)!.importers].map(({ file }) => file),
      ).not.toContain(setup.project.file('src/user.js'))
    }
    const results = [...worker.moduleGraph.idToModuleMap.values()].map((one) => one.transformResult)
    const urls = results.flatMap((one) => (one?.deps ?? []).concat(one?.dynamicDeps ?? []))
    const versions = urls.flatMap((url) => /[?&]v=(\w+)/.exec(url)?.[1] ?? [])
    expect(new Set(versions)).toEqual(new Set([browserHash]))
  })

  test('a later edit reaches those who import what it changes', async () => {
    await using setup = await start(major)
    await setup.reload()
    await setup.project.edit('src/user.js', `'dep/a1'`, `'dep/a1'; export const more = 1`)
    await setup.project.edit('src/plain.js', `'plain'`, `'edited'`)
    await expect.poll(() => setup.get()).toEqual({ ...answer, plain: 'edited' })
  })

  test('a module that nobody has asked for since stays as it is, over several reloads', async () => {
    await using setup = await start(major)
    await setup.reload()
    await setup.project.edit('src/value.js', `import 'dep/b0'`, `import 'dep/b1'`)
    await setup.server.log.next(RELOADING)
    await setup.server.api.settled()
    setup.transformed()
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'lazy 21' })
    expect(setup.transformed()).not.toContain('lazy.js')
  })

  test('what was invalidated before is used again as well', async () => {
    await using setup = await start(major)
    const { moduleGraph } = setup.server.worker
    setup.plugin.content = 'second'
    moduleGraph.invalidateModule(moduleGraph.getModuleById('\0virtual:generated')!)
    // Vite itself uses the transforms of those who import this again.
    for (const module of moduleGraph.getModulesByFile(setup.project.file('src/plain.js'))!) {
      moduleGraph.invalidateModule(module)
    }
    // Vite forgets what it transforms in the millisecond of the invalidation.
    for (const url of ['/src/user.js', '/src/plain.js', 'virtual:generated']) {
      await expect
        .poll(async () => {
          await setup.server.worker.transformRequest(url)
          return (await moduleGraph.getModuleByUrl(url))!.transformResult
        })
        .not.toBeNull()
    }
    await setup.reload()
    expect(await setup.get()).toEqual({ ...answer, generated: 'second' })
    const names = setup.transformed()
    expect(names).not.toContain('virtual:generated')
    expect(names).not.toContain('user.js')
  })

  test('what is invalidated after the reload is transformed', async () => {
    await using setup = await start(major)
    await setup.reload()
    const { moduleGraph } = setup.server.worker
    setup.transformed()
    for (const module of moduleGraph.getModulesByFile(setup.project.file('src/lazy.js'))!) {
      moduleGraph.invalidateModule(module)
    }
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'lazy 21' })
    expect(setup.transformed()).toContain('lazy.js')
  })

  test('what is invalidated while it is looked at is transformed', async () => {
    await using setup = await start(major)
    const { moduleGraph } = setup.server.worker
    setup.plugin.onLoad = () => {
      delete setup.plugin.onLoad
      setup.plugin.content = 'second'
      moduleGraph.invalidateModule(moduleGraph.getModuleById('\0virtual:generated')!)
    }
    await setup.reload()
    expect(await setup.get()).toEqual({ ...answer, generated: 'second' })
  })

  test('an outdated URL takes nothing from the current one', async () => {
    await using setup = await start(major)
    const { moduleGraph } = setup.server.worker
    const file = setup.project.file('node_modules/.vite/deps_worker/dep_a2.js')
    const [former] = moduleGraph.getModulesByFile(file)!
    await setup.reload()
    // From Vite 7 on it is refused.
    await setup.server.worker.transformRequest(former!.url).catch(() => {})
    setup.transformed()
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'lazy 21' })
    expect(setup.transformed()).toEqual(['data.json'])
  })

  test('a dependency of which a plugin knows more, or that knows its URL, is transformed', async () => {
    await using setup = await start(major, {
      more(id) {
        if (nameOf(id) === 'dep_a1.js') return { code: '', meta: { known: true } }
        if (nameOf(id) === 'dep_a2.js') return { code: `/* ${id} */` }
        return undefined
      },
    })
    await setup.reload()
    await setup.get('/lazy')
    const { depsOptimizer, moduleGraph } = setup.server.worker
    const [one, two] = ['dep/a1', 'dep/a2'].map((name) => {
      const id = depsOptimizer!.getOptimizedDepId(depsOptimizer!.metadata.optimized[name]!)
      return moduleGraph.getModuleById(id)!
    })
    expect(one!.info?.meta).toEqual({ known: true })
    expect(two!.transformResult!.code).toContain(`/* ${two!.id} */`)
  })

  test('a version that is not of this environment stays', async () => {
    await using setup = await start(major)
    const { moduleGraph, depsOptimizer } = setup.server.worker
    await setup.server.worker.transformRequest('/src/other.js')
    const id = `\0virtual:generated?v=${depsOptimizer!.metadata.browserHash}`
    await setup.reload()
    await setup.server.worker.transformRequest('/src/other.js')
    expect(setup.transformed()).not.toContain('other.js')
    const [module] = moduleGraph.getModulesByFile(setup.project.file('src/other.js'))!
    expect([...module!.importedModules].map((one) => one.id)).toEqual([id])
  })

  test('what a plugin loads anew is transformed', async () => {
    await using setup = await start(major)
    setup.plugin.content = 'second'
    await setup.reload()
    expect(await setup.get()).toEqual({ ...answer, generated: 'second' })
  })

  test('a dependency that is another is transformed', async () => {
    await using setup = await start(major)
    await setup.project.edit('node_modules/dep/shared2.js', '2', '22')
    await setup.reload()
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'lazy 221' })
  })

  test('a file is transformed if it was written without anybody being told', async () => {
    await using setup = await start(major, {}, { server: { watch: { ignored: ['**/lazy.js'] } } })
    await setup.project.edit('src/lazy.js', `'lazy '`, `'written '`)
    await setup.reload()
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'written 21' })
  })

  test('a file that a plugin loads now is transformed', async () => {
    await using setup = await start(major)
    setup.plugin.instead = { name: 'lazy.js', code: `export const lazy = () => 'instead'` }
    await setup.reload()
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'instead' })
  })

  test('what a plugin has loaded for itself since is transformed', async () => {
    await using setup = await start(major)
    setup.plugin.content = 'second'
    await setup.server.worker.pluginContainer.load('\0virtual:generated')
    await setup.reload()
    expect(await setup.get()).toEqual({ ...answer, generated: 'second' })
  })

  test('and if it cannot be told which of two was transformed', async () => {
    await using setup = await start(major)
    const { pluginContainer } = setup.server.worker
    const transform = () => setup.server.worker.transformRequest('virtual:versioned')
    setup.plugin.content = 'zero'
    await pluginContainer.load((await pluginContainer.resolveId('virtual:versioned'))!.id)
    setup.plugin.content = 'first'
    expect((await transform())!.code).toContain('first')
    setup.plugin.content = 'zero'
    await setup.reload()
    expect((await transform())!.code).toContain('zero')
  })

  test('a module whose imports are not all known is transformed', async () => {
    await using setup = await start(major)
    const { depsOptimizer, moduleGraph } = setup.server.worker
    // As an outdated transform leaves it that ends after the current one.
    const [module] = moduleGraph.getModulesByFile(setup.project.file('src/user.js'))!
    module!.importedModules.clear()
    await setup.reload()
    const { browserHash } = depsOptimizer!.metadata
    const versions = module!.transformResult!.deps!.flatMap((url) => url.split('?v=').slice(1))
    expect(new Set(versions)).toEqual(new Set([browserHash]))
  })

  test('an import that was not found before is looked for', async () => {
    await using setup = await start(major)
    expect(await setup.get('/optional')).toMatchObject({ lazy: 'none' })
    await setup.project.write({
      'node_modules/later/package.json':
        '{ "name": "later", "version": "1.0.0", "main": "index.js" }',
      'node_modules/later/index.js': `export const later = 'there'`,
    })
    await setup.reload()
    expect(setup.transformed()).not.toContain('optional.js')
    await expect.poll(() => setup.get('/optional')).toMatchObject({ lazy: 'there' })
    expect(setup.transformed()).toContain('optional.js')
  })

  test('a module that mentions an outdated URL is transformed', async () => {
    await using setup = await start(major, {
      more: (id, version) =>
        nameOf(id) === 'user.js' ? { code: `/* /src/raw.js?v=${version} */` } : undefined,
    })
    const { depsOptimizer, moduleGraph } = setup.server.worker
    await setup.reload()
    const [module] = moduleGraph.getModulesByFile(setup.project.file('src/user.js'))!
    const { browserHash } = depsOptimizer!.metadata
    expect(module!.transformResult!.code).toContain(`/* /src/raw.js?v=${browserHash} */`)
  })

  test('who imports a dependency in another way is transformed', async () => {
    await using setup = await start(major)
    await setup.reload()
    setup.transformed()
    const info = setup.server.worker.depsOptimizer!.metadata.optimized['dep/a2']!
    info.needsInterop = true
    await setup.server.worker.transformRequest('/src/lazy.js')
    expect(setup.transformed()).toContain('lazy.js')
  })

  test('a reload that is not the optimizer’s before it had one, either', async () => {
    await using setup = await start(major)
    const { depsOptimizer, hot, moduleGraph } = setup.server.worker
    setup.transformed()
    // As when it starts after modules were loaded.
    depsOptimizer!.metadata.browserHash = '01234567'
    moduleGraph.invalidateAll()
    hot.send({ type: 'full-reload', path: '*' })
    expect(await setup.get()).toEqual({ ...answer, value: 1 })
    expect(setup.transformed()).toEqual(expect.arrayContaining(['entry.js', 'plain.js', 'user.js']))
  })

  test('a reload that is not the optimizer’s has everything transformed', async () => {
    await using setup = await start(major)
    await setup.reload()
    setup.transformed()
    const { hot, moduleGraph } = setup.server.worker
    // Vite 6 refuses none that are outdated, and nor do the environments of the Cloudflare plugin.
    const file = setup.project.file('node_modules/.vite/deps_worker/dep_a2.js')
    for (const { url } of moduleGraph.getModulesByFile(file)!) {
      await setup.server.worker.transformRequest(url).catch(() => {})
    }
    moduleGraph.invalidateAll()
    hot.send({ type: 'full-reload', path: '*' })
    await setup.server.api.settled()
    expect(await setup.get('/lazy')).toEqual({ ...answer, lazy: 'lazy 21' })
    const names = ['entry.js', 'value.js', 'plain.js', 'user.js', 'lazy.js', 'virtual:generated']
    expect(setup.transformed()).toEqual(expect.arrayContaining(names))
  })
})

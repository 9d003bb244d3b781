import { EventEmitter, once } from 'node:events'
import { rm, symlink } from 'node:fs/promises'
import type { FSWatcher } from 'vite'
import { expect, test, vi } from 'vitest'
import { tellMissedSaves } from './missed-saves.ts'
import { createProject, majors } from './project.ts'

const files = {
  'src/value.js': 'export const value = 1',
  'src/entry.js': `
    import { value } from './value.js'
    export default (request, response) => response.end('value ' + value)`,
}

test.each(majors)('a second save right after the first is served, Vite %s', async (_, major) => {
  await using project = await createProject(major, files)
  const server = await project.serve()
  await server.get()
  for (const round of [10, 20, 30]) {
    const changed = once(server.vite.watcher, 'change')
    await project.write({ 'src/value.js': `export const value = ${round}` })
    await changed
    await project.write({ 'src/value.js': `export const value = ${round + 1}` })
    await expect.poll(async () => (await server.get()).text).toBe(`value ${round + 1}`)
  }
})

test('what was told of is not told again', async () => {
  await using project = await createProject(majors[0]![1], files)
  const file = project.file('src/value.js')
  vi.useFakeTimers()
  try {
    const watcher = new EventEmitter() as FSWatcher
    const end = tellMissedSaves(watcher)
    const changes: string[] = []
    watcher.on('change', (changed) => changes.push(changed))

    watcher.emit('change', file)
    vi.runAllTimers()
    expect(changes).toEqual([file])

    watcher.emit('change', file)
    await project.write({ 'src/value.js': 'export const value = 2' })
    vi.runAllTimers()
    expect(changes).toEqual([file, file, file])

    watcher.emit('change', file)
    await rm(file)
    vi.runAllTimers()
    expect(changes).toHaveLength(4)

    end()
    watcher.emit('change', file)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('what cannot be looked at is left alone', async () => {
  await using project = await createProject(majors[0]![1], files)
  const file = project.file('src/value.js')
  vi.useFakeTimers()
  try {
    const watcher = new EventEmitter() as FSWatcher
    tellMissedSaves(watcher)
    const changes: string[] = []
    watcher.on('change', (changed) => changes.push(changed))

    watcher.emit('change', '\0virtual:module')
    watcher.emit('change', file)
    await rm(file)
    await symlink(file, file)
    vi.runAllTimers()
    expect(changes).toEqual(['\0virtual:module', file])
  } finally {
    vi.useRealTimers()
  }
})

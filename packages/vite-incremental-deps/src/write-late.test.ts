import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Rolldown } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeLate } from './write-late.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'write-late-'))
  writeFileSync(path.join(directory, '_metadata.json'), '{ "optimized": {} }')
  writeFileSync(path.join(directory, 'helpers.js'), 'of the first run')
})
afterEach(() => rmSync(directory, { recursive: true }))

const write = (code: string, served = ['helpers.js']) => {
  const chunk = { type: 'chunk', fileName: 'helpers.js', code } as Rolldown.OutputChunk
  const late = { outputs: [chunk], modules: {}, commonJs: new Set<string>() }
  const record = { run: '', unlisted: [], late: [], modules: {}, size: 0 }
  return writeLate(directory, record, new Set(served), late, [], [])
}

test("a chunk that is served already stays Vite's, under its own URL", () => {
  expect(write('of the first run').late).toEqual([])
})

test('a chunk that is served is never replaced by another of its name', () => {
  expect(() => write('another')).toThrow('helpers.js is served already')
  expect(readFileSync(path.join(directory, 'helpers.js'), 'utf8')).toBe('of the first run')
})

test('a file that an interrupted addition has left is replaced', () => {
  expect(write('another', []).late).toEqual(['helpers.js'])
  expect(readFileSync(path.join(directory, 'helpers.js'), 'utf8')).toBe('another')
})

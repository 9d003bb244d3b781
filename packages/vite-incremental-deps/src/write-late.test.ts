import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Rolldown } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RECORD_FILE } from './constants.ts'
import { firstLine, readRecord } from './record.ts'
import type { OutputRecord } from './record.ts'
import { writeLate } from './write-late.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'write-late-'))
  writeFileSync(path.join(directory, 'helpers.js'), 'of the first run')
})
afterEach(() => rmSync(directory, { recursive: true }))

const write = (
  code: string,
  files: Record<string, number> = { 'helpers.js': 16 },
): OutputRecord => {
  writeFileSync(
    path.join(directory, RECORD_FILE),
    firstLine({ files, modules: {}, stamps: {} }, []),
  )
  const record = readRecord(directory)!
  const chunk = { type: 'chunk', fileName: 'helpers.js', code } as Rolldown.OutputChunk
  const late = {
    outputs: [chunk],
    modules: {},
    imported: new Set<string>(),
    needsInterop: new Set<string>(),
    startedAt: 0,
  }
  return writeLate(directory, directory, record, late, [])
}

test("a chunk that is served already stays Vite's, under its own URL", () => {
  expect(write('of the first run').lateFiles).toEqual([])
})

test('a chunk that is served is never replaced by another of its name', () => {
  expect(() => write('another')).toThrow('helpers.js is served already')
  expect(readFileSync(path.join(directory, 'helpers.js'), 'utf8')).toBe('of the first run')
})

test('a file that an interrupted addition has left is replaced', () => {
  expect(write('another', {}).lateFiles).toEqual(['helpers.js'])
  expect(readFileSync(path.join(directory, 'helpers.js'), 'utf8')).toBe('another')
})

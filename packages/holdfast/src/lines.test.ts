import { runInThisContext } from 'node:vm'
import { expect, test } from 'vitest'
import { describeEntry } from './lines.ts'
import { Suggestion } from './suggestion.ts'
import type { Entry } from './timeline.ts'

const entry: Entry = {
  id: 1,
  environment: 'ssr',
  outcome: 'added',
  dependencies: [{ id: 'is-number', importers: ['src/components/Client.tsx', 'src/main.tsx'] }],
  startedAt: 0,
  duration: 84.4,
  requests: { held: 0, longest: 0, replayed: 0, failed: 0 },
  reloads: [],
}

test.each<[string, Partial<Entry>, string]>([
  ['added', {}, '[holdfast] ssr + is-number in 84 ms ← src/components/Client.tsx · no reload'],
  [
    'added, several',
    { dependencies: [...entry.dependencies, { id: 'b', importers: [] }] },
    '[holdfast] ssr + is-number ← src/components/Client.tsx, b in 84 ms · no reload',
  ],
  [
    'reloaded',
    {
      outcome: 'reloaded',
      duration: 214,
      dependencies: [
        { id: 'fw-extra', importers: ['src/actions.ts'], reason: 'shares internals with fw' },
      ],
      requests: { held: 3, longest: 259.6, replayed: 0, failed: 0 },
      stateKeys: 4,
    },
    '[holdfast] ssr re-optimized in 214 ms: + fw-extra ← src/actions.ts ' +
      '(shares internals with fw) · reloaded · 3 requests held (longest 260 ms), 0 failed · ' +
      'state kept (4 keys)',
  ],
  [
    'reloaded, where nobody waited or could tell',
    { outcome: 'reloaded' },
    '[holdfast] ssr re-optimized in 84 ms: + is-number ← src/components/Client.tsx · reloaded',
  ],
  [
    'reloaded, with requests that suffered',
    {
      outcome: 'reloaded',
      requests: { held: 1, longest: 5, replayed: 2, failed: 1 },
      stateKeys: 1,
    },
    '[holdfast] ssr re-optimized in 84 ms: + is-number ← src/components/Client.tsx · reloaded · ' +
      '1 request held (longest 5 ms), 2 replayed, 1 failed · state kept (1 key)',
  ],
  [
    'failed, with a reason of many lines',
    { outcome: 'failed', dependencies: [{ id: 'a', importers: ['b.js'], reason: 'one\ntwo' }] },
    '[holdfast] ssr could not bundle a ← b.js (one)',
  ],
  [
    'of a file that is named to mislead',
    { dependencies: [{ id: 'a', importers: ['src/\u001B[2J\n[holdfast].js'] }] },
    '[holdfast] ssr + a in 84 ms ← src/?[2J?[holdfast].js · no reload',
  ],
])('%s', (_what, changes, line) => {
  expect(describeEntry({ ...entry, ...changes })).toBe(line)
})

test('what to include, ready to be pasted', () => {
  const suggestion = new Suggestion()
  expect(suggestion.describe()).toBeUndefined()
  suggestion.add('ssr', 'b')
  suggestion.add('my-env', `it's`)
  suggestion.add('client', 'c')
  suggestion.add('ssr', 'a')
  suggestion.add('ssr', 'a')
  const [, ...lines] = suggestion.describe()!.split('\n')
  const config: unknown = runInThisContext(`({${lines.join('\n')}})`)
  expect(config).toEqual({
    optimizeDeps: { include: ['c'] },
    environments: {
      'my-env': { optimizeDeps: { include: [`it's`] } },
      ssr: { optimizeDeps: { include: ['a', 'b'] } },
    },
  })
})

// Checked by `tsc` in the typecheck script, never run.
import {
  createStateContainer,
  defineRwState,
  deleteRwState,
  getRwState,
  hasRwState,
  rwStateKeys,
  setRwState,
} from './index.ts'

declare module './index.ts' {
  interface RwState {
    'types:routes': Map<string, { kind: 'page' | 'layout' }>
    'types:mode': 'on' | 'off'
  }
}

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function assert<_ extends true>(): void

// A declared key has its type, which the initializer must return.
const routes = defineRwState('types:routes', () => new Map())
assert<Equal<typeof routes, Map<string, { kind: 'page' | 'layout' }>>>()
const mode = defineRwState('types:mode', () => 'on', { version: 1, migrate: () => 'off' })
assert<Equal<typeof mode, 'on' | 'off'>>()
const gotten = getRwState('types:mode')
assert<Equal<typeof gotten, 'on' | 'off' | undefined>>()
setRwState('types:mode', 'off')
// @ts-expect-error -- not what is declared
defineRwState('types:mode', () => 'neither')
// @ts-expect-error -- nor here
defineRwState('types:mode', () => 'on', { version: 1, migrate: () => 'neither' })
// @ts-expect-error -- nor here
setRwState('types:mode', 1)

// Any other key takes the type of its initializer, or the one given.
const inferred = defineRwState('any other', () => ({ count: 1 }))
assert<Equal<typeof inferred, { count: number }>>()
const given = defineRwState<string | number>('any other', () => 1)
assert<Equal<typeof given, string | number>>()
const asked = getRwState<Set<string>>('any other')
assert<Equal<typeof asked, Set<string> | undefined>>()
const unknownType = getRwState('any other')
assert<Equal<typeof unknownType, unknown>>()
const pending = defineRwState('pending', async () => 1)
assert<Equal<typeof pending, Promise<number>>>()
setRwState('any other', 1)
const computed: string = 'computed'
defineRwState(computed, () => 1).toFixed()
// @ts-expect-error -- the type given
setRwState<string>('any other', 1)

// `migrate` says what the previous version stored.
const migrated = defineRwState('migrated', () => new Set<string>(), {
  version: 2,
  migrate: (previous: string[]) => new Set(previous),
})
assert<Equal<typeof migrated, Set<string>>>()

assert<Equal<ReturnType<typeof rwStateKeys>, string[]>>()
assert<Equal<ReturnType<typeof hasRwState>, boolean>>()
assert<Equal<ReturnType<typeof deleteRwState>, boolean>>()

// @ts-expect-error -- no initializer
defineRwState('key')
// @ts-expect-error -- no function
defineRwState('key', 1)
// @ts-expect-error -- no string
getRwState(1)
// @ts-expect-error -- no version
defineRwState('key', () => 1, { version: {} })

// A container of one's own, with keys of its own.
const own = createStateContainer<{ port: number }>('own')
const port = own.define('port', () => 5173)
assert<Equal<typeof port, number>>()
// @ts-expect-error -- not what is declared
own.set('port', '5173')
own.set('types:mode', 'a key of the other container')
createStateContainer('untyped')
  .define('key', () => 1)
  .toFixed()

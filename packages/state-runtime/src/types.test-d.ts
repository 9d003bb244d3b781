// Checked by `tsc` in the typecheck script, never run.
import { expectTypeOf } from 'vitest'
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

// A declared key has its type, which the initializer must return.
const routes = defineRwState('types:routes', () => new Map())
expectTypeOf(routes).toEqualTypeOf<Map<string, { kind: 'page' | 'layout' }>>()
const mode = defineRwState('types:mode', () => 'on', { version: 1, migrate: () => 'off' })
expectTypeOf(mode).toEqualTypeOf<'on' | 'off'>()
const gotten = getRwState('types:mode')
expectTypeOf(gotten).toEqualTypeOf<'on' | 'off' | undefined>()
setRwState('types:mode', 'off')
// @ts-expect-error -- not what is declared
defineRwState('types:mode', () => 'neither')
// @ts-expect-error -- nor here
defineRwState('types:mode', () => 'on', { version: 1, migrate: () => 'neither' })
// @ts-expect-error -- nor here
setRwState('types:mode', 1)

// Any other key takes the type of its initializer, or the one given.
const inferred = defineRwState('any other', () => ({ count: 1 }))
expectTypeOf(inferred).toEqualTypeOf<{ count: number }>()
const given = defineRwState<string | number>('any other', () => 1)
expectTypeOf(given).toEqualTypeOf<string | number>()
const asked = getRwState<Set<string>>('any other')
expectTypeOf(asked).toEqualTypeOf<Set<string> | undefined>()
const unknownType = getRwState('any other')
expectTypeOf(unknownType).toEqualTypeOf<unknown>()
const pending = defineRwState('pending', async () => 1)
expectTypeOf(pending).toEqualTypeOf<Promise<number>>()
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
expectTypeOf(migrated).toEqualTypeOf<Set<string>>()

expectTypeOf(rwStateKeys).returns.toEqualTypeOf<string[]>()
expectTypeOf(hasRwState).returns.toEqualTypeOf<boolean>()
expectTypeOf(deleteRwState).returns.toEqualTypeOf<boolean>()

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
expectTypeOf(port).toEqualTypeOf<number>()
// @ts-expect-error -- not what is declared
own.set('port', '5173')
own.set('types:mode', 'a key of the other container')
createStateContainer('untyped')
  .define('key', () => 1)
  .toFixed()

import { test } from 'vitest'
import { cases } from '../corpus/equal/fixtures/index.ts'
import { expectEqual } from './expect-equal.ts'

// A mark is a side effect: of modules without marks the bundler drops more, and wraps less.
test.for(cases)('$name', (each) => expectEqual(each, { isMarked: false }))

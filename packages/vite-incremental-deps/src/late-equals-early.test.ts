import { test } from 'vitest'
import { cases } from '../corpus/equal/fixtures/index.ts'
import { expectEqual } from './expect-equal.ts'

test.for(cases)('$name', (each) => expectEqual(each, { isMarked: true }))

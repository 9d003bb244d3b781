import { expect, test } from 'vitest'
import { statePlugin } from './index.ts'

test.for(['./state', '../state', '/state', String.raw`C:\state`, 'file:///state', ''])(
  'the specifier must be bare: %j',
  (specifier) => {
    expect(() => statePlugin({ specifier })).toThrow(
      `[@holdfast/vite-state-plugin] ${JSON.stringify(specifier)} cannot be the \`specifier\``,
    )
  },
)

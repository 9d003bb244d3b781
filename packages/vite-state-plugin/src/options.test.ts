import { expect, test } from 'vitest'
import { statePlugin } from './index.ts'

// `any`: what a config file without types can hold.
function message(options: any): string {
  try {
    statePlugin(options)
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('No error was thrown')
}

test.for(['./state', '../state', '/state', String.raw`C:\state`, 'file:///state', '', 5, null])(
  'the specifier must be bare: %j',
  (specifier) => {
    expect(message({ specifier })).toBe(
      `[@holdfast/vite-state-plugin] ${JSON.stringify(specifier)} cannot be the \`specifier\`; ` +
        'it must be bare, so that it means the same module in every file; ' +
        'use a name such as "rwsdk/__state", and point the `runtime` option at your own module',
    )
  },
)

test.for(['./state.js', '../state.js', 'file:///state.js', '', 5, null])(
  'the runtime must be bare or absolute: %j',
  (runtime) => {
    expect(message({ runtime })).toBe(
      `[@holdfast/vite-state-plugin] ${JSON.stringify(runtime)} cannot be the \`runtime\`; ` +
        'it must be bare or an absolute path; ' +
        'for a file of your own use path.resolve(import.meta.dirname, "state.js")',
    )
  },
)

test.for(['ssr', null, {}])('the environments must be a list: %j', (environments) => {
  expect(message({ environments })).toBe(
    `[@holdfast/vite-state-plugin] ${JSON.stringify(environments)} cannot be the ` +
      '`environments`; it must be a list of names; use one such as ["ssr"]',
  )
})

test('an option that does not exist is told', () => {
  expect(message({ enviroments: ['ssr'], strict: true })).toBe(
    '[@holdfast/vite-state-plugin] there is no option "enviroments", "strict"; ' +
      'the options are "specifier", "environments", "runtime"; correct or remove it',
  )
})

import { sources } from '@holdfast/app-request-info/sources'
import { expect, open, test } from '../fixture.ts'
import { ask, expectReload, expectReoptimization, expectServed } from '../steps.ts'

const stateId = /data-testid="state-id">([-\w]{36})</

test('a CommonJS dependency has the same state', { tag: '@state' }, async ({ harness }) => {
  const id = stateId.exec((await ask(harness.url)).text)?.[1]
  sources.edit(
    'src/page.tsx',
    'import { CallAction }',
    "import library from 'commonjs-library'\nimport { CallAction }",
  )
  sources.edit('src/page.tsx', '<h1>Request info', '<h1>Found by a library: {library.idOfApp()}')
  await expect
    .poll(async () => (await ask(harness.url)).text.replaceAll('<!-- -->', ''))
    .toContain(`Found by a library: ${id}`)
})

test.describe('Vite without Rolldown', { tag: '@fallback' }, () => {
  test('dependencies are not added, as is said, and the state is kept', async ({
    harness,
    page,
  }, testInfo) => {
    await open(page, harness.url)
    const id = stateId.exec((await ask(harness.url)).text)?.[1]
    const message = /\[@holdfast\/vite-incremental-deps\] .+/.exec(harness.output)?.[0]
    expect(message).toContain('Rolldown')
    testInfo.annotations.push({ type: 'not available', description: message! })

    await page.goto('about:blank')
    const printed = harness.output.length
    harness.toggle('server-component', true)
    await expectReoptimization(harness, 'server-component', printed)
    await expectReload(harness, printed)
    await expectServed(harness, 'server-component', true)
    expect((await ask(harness.url)).text).toContain(id)
  })
})

import { expect, test } from 'vitest'
import { enter, forget } from './store.ts'

const address = { server: 'a server', environment: 'ssr', generation: 1, key: 'dep' }

test('what was fetched before all was dropped is evaluated, and neither used nor kept', async () => {
  const kept = { value: 1 }
  ;(await enter(address, kept))!.keep()
  const late = await enter({ ...address, generation: 0 }, { value: 2 })
  expect(late).toBeDefined()
  late!.keep()
  const exports: { value?: number } = {}
  expect(await enter(address, exports)).toBeUndefined()
  expect(exports.value).toBe(1)
  forget(address.server)
})

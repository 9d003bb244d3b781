import { sources } from '@holdfast/app-request-info/sources'
import type { Stats } from '@holdfast/vite-request-gate'
import { expect } from '../fixture.ts'
import type { Harness } from '../fixture.ts'
import { STATS_PATH } from './constants.ts'
import type { Latch } from './latch.ts'

/** Waits until so many requests are held. */
export async function expectWaiting({ url }: Harness, count: number): Promise<void> {
  await expect
    .poll(async () => {
      const stats = (await (await fetch(url + STATS_PATH)).json()) as Stats
      return stats.waiting
    })
    .toBe(count)
}

/** Saves a change that is not looked through before the latch is open: see `slowTransform()`. */
export function saveSlowly(file: string, latch: Latch): void {
  sources.edit(file, 'export ', `/* await-latch ${latch.url} */ export `)
}

import type { Page } from '@playwright/test'
import type { SwitchName } from '@holdfast/app-redwood/sources'
import { reloadingReoptimization } from '../steps.ts'
import { expect } from './fixture.ts'
import type { Application } from './fixture.ts'

/**
 * For each switch: who imports its dependencies, and in which environments they are new. The first of
 * them shares code with one that is there from the start, so that Vite by itself has to reload.
 */
const found = {
  'server-component': {
    importer: 'src/app/components/server-component.tsx',
    ids: ['date-fns/subDays', 'is-even'],
    environments: ['worker'],
  },
  'client-component': {
    importer: 'src/app/components/client-component.tsx',
    ids: ['@noble/hashes/hmac.js', 'is-number', 'zustand'],
    environments: ['ssr', 'client'],
  },
  'server-action': {
    importer: 'src/app/actions.ts',
    ids: ['jose/jwt/decode', 'is-odd'],
    environments: ['worker'],
  },
} as const satisfies Record<SwitchName, object>

/** What our lines say was added, as `environment + id ← importer`. */
function added(output: string): string[] {
  const lines = output.matchAll(/^\[holdfast\] (\w+) \+ (.+) · no reload$/gm)
  return [...lines].flatMap(([, environment, what]) =>
    what
      .replace(/ in \d+ ms/, '')
      .split(', ')
      .map((one) => `${environment} + ${one}`),
  )
}

/** Waits until our lines say that the dependencies of the switches were added, and nothing else. */
export async function expectAdded(app: Application, names: readonly SwitchName[]): Promise<void> {
  const expected = names.flatMap((name) => {
    const { environments, ids, importer } = found[name]
    return environments.flatMap((environment) =>
      ids.map((id) => `${environment} + ${id} ← ${importer}`),
    )
  })
  await expect.poll(() => added(app.output).toSorted()).toEqual(expected.toSorted())
  expect(app.output).not.toMatch(/^\[holdfast\] \w+ (?:re-optimized|could not)/m)
}

/** What Vite says of the re-optimizations that the dependencies of a switch cause, one by one. */
export function reloadsFor(name: SwitchName): RegExp[] {
  const { environments, ids } = found[name]
  return environments.map((environment) => reloadingReoptimization(environment, ids[0]))
}

/** Checks that what `name` adds to the open page is there, rendered for the current request. */
export async function expectPart(page: Page, name: Exclude<SwitchName, 'server-action'>) {
  const { pathname } = new URL(page.url())
  if (name === 'server-component') {
    // One look at the whole page: the browser may be fetching a newer one.
    await expect(page.locator('body')).toHaveText(
      /Request([-\w]{36})State.*Server component: request \d+ in \1 is (?:even|odd), since /,
    )
    return
  }
  const part = page.getByTestId(name)
  // With a hook more, React Refresh starts the component over: what a click did before is lost.
  await expect(part).toContainText('by zustand')
  await part.getByRole('button').click()
  await expect(part).toHaveText(
    new RegExp(`^Client component on ${pathname}: Clicked 1 times, a number: true, by zustand, `),
  )
}

/** The ids of what a reload of the worker would make anew. */
export async function readIds(page: Page): Promise<{ state: string; module: string }> {
  return {
    state: await page.getByTestId('state-id').innerText(),
    module: await page.getByTestId('module-id').innerText(),
  }
}

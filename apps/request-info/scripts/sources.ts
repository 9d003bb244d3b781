import { fileURLToPath } from 'node:url'
import { defineSources } from '@holdfast/app-common/sources'
import type { Sources } from '@holdfast/app-common/sources'

export type SwitchName = 'server-component' | 'client-component' | 'server-action' | 'plain-module'

export const sources: Sources<SwitchName> = defineSources<SwitchName>(
  fileURLToPath(new URL('..', import.meta.url)),
  {
    'server-component': [{ file: 'src/components/server-component.tsx' }, { file: 'src/page.tsx' }],
    'client-component': [{ file: 'src/components/client-component.tsx' }, { file: 'src/page.tsx' }],
    'server-action': [
      { file: 'src/actions.ts', region: 'server-action-import' },
      { file: 'src/actions.ts' },
    ],
    'plain-module': [{ file: 'src/plain-module.ts' }, { file: 'src/worker.tsx' }],
  },
)

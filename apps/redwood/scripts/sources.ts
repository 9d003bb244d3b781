import { fileURLToPath } from 'node:url'
import { defineSources } from '@holdfast/app-common/sources'
import type { Sources } from '@holdfast/app-common/sources'

export type SwitchName = 'server-component' | 'client-component' | 'server-action'

export const sources: Sources<SwitchName> = defineSources<SwitchName>(
  fileURLToPath(new URL('..', import.meta.url)),
  {
    'server-component': [
      { file: 'src/app/components/server-component.tsx' },
      { file: 'src/app/page.tsx' },
    ],
    'client-component': [
      { file: 'src/app/components/client-component.tsx' },
      { file: 'src/app/page.tsx' },
    ],
    'server-action': [
      { file: 'src/app/actions.ts', region: 'server-action-import' },
      { file: 'src/app/actions.ts' },
    ],
  },
)

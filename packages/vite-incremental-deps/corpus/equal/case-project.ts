import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Workspace } from '../workspace.ts'
import type { Case } from './case.ts'
import { sourceOfEarly } from './sources.ts'

/** Writes the project of a case, with its packages as real copies. */
export function writeCase(workspace: Workspace, { name, files, early }: Case): Workspace {
  const root = path.join(workspace.root, 'cases', name)
  rmSync(root, { recursive: true, force: true })
  const own = new Workspace(root)
  const write = (file: string, content: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), content)
  }
  write('package.json', '{ "private": true, "type": "module" }')
  write('pnpm-workspace.yaml', 'packages: []\n')
  write('first.js', sourceOfEarly(early))
  for (const [file, content] of Object.entries(files)) write(`node_modules/${file}`, content)
  return own
}

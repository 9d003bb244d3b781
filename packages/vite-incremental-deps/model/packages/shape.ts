import { esModule } from './modules.ts'
import type { Content } from './modules.ts'

/** The files of a package, by their path in it. */
export type Files = Record<string, string>

/** A kind of package that people publish. */
export interface Shape {
  name: string
  /** What projects import of it. */
  ids: string[]
  /** Packages that it imports. */
  dependencies?: string[]
  /** From version 2 on, it imports what these packages have from version 2 on. */
  needsNew?: string[]
  /** A package of its own, in its own `node_modules`, whatever the project has under that name. */
  nested?: string
  /** Whether it works as source, as a linked package is served: CommonJS does not. */
  isLinkable?: boolean
  /** Not there when the project is new. */
  isOptional?: boolean
  manifest?: Record<string, unknown>
  files: (content: Content) => Files
}

/** Every file has its own subpath, in each version: Vite keeps the manifests that it has read. */
export const OPEN_EXPORTS = { '.': './index.js', './*': './*.js' }

export const isNew = ({ version }: Content): boolean => !version.startsWith('1.')

/** ES modules, by their path without `.js`: what each imports, by the name it shows that under. */
export function esFiles(content: Content, files: Record<string, Record<string, string>>): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, imports]) => {
      const file = `${name}.js`
      return [file, esModule(content, file, { imports })]
    }),
  )
}

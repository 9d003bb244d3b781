import type { Asking, Kind } from './kind.ts'
import { projectKinds } from './project-kinds.ts'
import { serverKinds } from './server-kinds.ts'

export const kinds = { ...projectKinds, ...serverKinds }

export type KindName = keyof typeof kinds

export interface Step {
  kind: KindName
  data: unknown
  asking: Asking
}

export const kindOf = (name: KindName): Kind<unknown> => kinds[name] as Kind<unknown>

/** A line for people. */
export function describeStep({ kind, data, asking: { pages, first, isAtOnce } }: Step): string {
  const who = first === 'second' ? ', second server first' : ''
  const how = isAtOnce ? ' at once' : ''
  return `${kindOf(kind).describe(data)}  → ask for ${pages.join(', ')}${how}${who}`
}

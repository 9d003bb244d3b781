import { addDependency, addLine } from './edits.ts'
import type { Edit } from './edits.ts'
import { lateDependencies } from './late-dependencies.ts'
import type { Target } from './late-dependencies.ts'

/**
 * Each late dependency beside the same edit without one, and an ordinary edit of a client component
 * in any case, as that reloads the ssr environment by itself.
 */
export function planEdits(dependencies: number): Edit[] {
  let number = 0
  const plain = (target: Target) => addLine(target, ++number)
  return lateDependencies.slice(0, dependencies).flatMap((dependency, index) => {
    const { target } = dependency
    const edits = [plain(target), addDependency(dependency)]
    // In turn, so that what comes first does not always come first.
    if (index % 2 === 1) edits.reverse()
    return target === 'client' ? edits : edits.concat(plain('client'))
  })
}

/** The evaluated modules of dependencies, in order: each pushes its own name (`equal/mark.ts`). */
globalThis.corpusEvaluations ??= []

/** The modules that were evaluated since the last call. */
export const take = () => globalThis.corpusEvaluations.splice(0)

export default take

/** The modules of dependencies that have been evaluated, in order: each pushes its own id. */
globalThis.corpusEvaluations ??= []

/** What has been evaluated since this was called last. */
export const take = () => globalThis.corpusEvaluations.splice(0)

export default take

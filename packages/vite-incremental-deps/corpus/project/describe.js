/** What can be compared of a module: its exports, and what its default export looks like. */
export function describe(all, standard) {
  const names = {}
  for (const name of Object.keys(all).toSorted()) names[name] = typeof all[name]
  const isObject = standard !== null && ['function', 'object'].includes(typeof standard)
  return {
    names,
    standard: isObject
      ? `${typeof standard} with ${Object.getOwnPropertyNames(standard).toSorted().join()}`
      : typeof standard,
  }
}

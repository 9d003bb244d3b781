type Seen = Map<string, unknown[]>

/** Outlives every reload, whatever becomes of the application's state. */
const shared = globalThis as { [key: symbol]: Seen | undefined }
const seen: Seen = (shared[Symbol.for('load-test')] ??= new Map())

/**
 * How many different values a module of one name has exported so far: one for each time that it was
 * evaluated, be it anew or twice.
 */
export function countInstances(name: string, exported: unknown): string {
  const instances = seen.get(name) ?? []
  seen.set(name, instances)
  if (!instances.includes(exported)) instances.push(exported)
  return `${name}=${instances.length}`
}

let id: string | undefined

/** Another id for each time that this module was evaluated: a full reload of the worker. */
export function getModuleId(): string {
  return (id ??= crypto.randomUUID())
}

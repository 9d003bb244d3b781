/** Resolves when the promise does, or after `limit` ms, and then with `false`. Never rejects. */
export async function bounded(promise: Promise<unknown>, limit: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, limit, false)))
  const done = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([done, expired])
  } finally {
    clearTimeout(timer)
  }
}

import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A directory outside the repository, which is gone once it is disposed. */
export class TemporaryDirectory implements AsyncDisposable {
  readonly path: string

  private constructor(directory: string) {
    this.path = directory
  }

  static async create(): Promise<TemporaryDirectory> {
    // The real path: Vite resolves links, and what it prints should be found again.
    const parent = await realpath(tmpdir())
    return new TemporaryDirectory(await mkdtemp(path.join(parent, 'holdfast-outside-')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Windows keeps files of a process that has just ended for a moment.
    await rm(this.path, { recursive: true, force: true, maxRetries: 10 })
  }
}

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exec } from '../outside/exec.ts'
import { readPackages, repository } from '../outside/packages.ts'
import type { Manifest } from '../outside/packages.ts'

/** A copy of the repository with its tools installed, which releases its packages to a registry. */
export class RepositoryCopy {
  readonly #directory: string
  readonly #env: NodeJS.ProcessEnv

  private constructor(directory: string, env: NodeJS.ProcessEnv) {
    this.#directory = directory
    this.#env = env
  }

  static async create(
    directory: string,
    npmrc: string,
    env: NodeJS.ProcessEnv,
  ): Promise<RepositoryCopy> {
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    for (const file of (await exec('git', list, { cwd: repository })).split('\0')) {
      const source = path.join(repository, file)
      // Deleted, but not in a commit yet.
      if (file === '' || !existsSync(source)) continue
      cpSync(source, path.join(directory, file))
    }
    writeFileSync(path.join(directory, '.npmrc'), npmrc)
    const copy = new RepositoryCopy(directory, env)
    await copy.#run('git', 'init', '--quiet')
    await copy.#commit('Copied')
    await copy.#pnpm('install', '--frozen-lockfile', '--prefer-offline')
    return copy
  }

  packages(): Map<string, Manifest> {
    return readPackages(this.#directory)
  }

  /** What `changeset` writes when it is asked for a patch of a package. */
  addPatch(name: string): void {
    const directory = path.join(this.#directory, '.changeset')
    mkdirSync(directory, { recursive: true })
    const file = path.join(directory, `rehearsal-${path.basename(name)}.md`)
    writeFileSync(file, `---\n'${name}': patch\n---\n\nA rehearsal.\n`)
  }

  /** The two commands of the release workflow, and the commit between them. */
  async release(): Promise<void> {
    await this.#pnpm('run', 'version-packages')
    await this.#commit('Version packages')
    await this.#pnpm('run', 'release')
  }

  async #commit(message: string): Promise<void> {
    await this.#run('git', 'add', '--all')
    const author = ['-c', 'user.name=Rehearsal', '-c', 'user.email=rehearsal@localhost']
    await this.#run('git', ...author, 'commit', '--quiet', '--no-gpg-sign', '-m', message)
  }

  async #pnpm(...args: string[]): Promise<void> {
    await this.#run('pnpm', ...args)
  }

  async #run(command: string, ...args: string[]): Promise<void> {
    await exec(command, args, { cwd: this.#directory, env: this.#env })
  }
}

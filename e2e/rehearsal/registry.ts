import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createPackageFromTarballData } from '@arethetypeswrong/core'
import type { Package } from '@arethetypeswrong/core'
import { runServer } from 'verdaccio'
import { exec } from '../outside/exec.ts'
import { repository } from '../outside/packages.ts'

/** What a registry says of a package. */
interface Packument {
  'dist-tags': { latest: string }
  versions: Record<string, { dist: { tarball: string } }>
}

/**
 * A registry on this machine alone that keeps everything in one directory. Our packages are only what
 * is published there; all others are fetched from the registry that npm uses otherwise.
 */
export class Registry implements AsyncDisposable {
  readonly #server: Server
  readonly url: string

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://localhost:${(server.address() as AddressInfo).port}/`
  }

  static async start(directory: string, ours: Iterable<string>): Promise<Registry> {
    const upstream = await exec('npm', ['config', 'get', 'registry'], { cwd: repository })
    const server = (await runServer({
      configPath: path.join(directory, 'config.yaml'),
      storage: path.join(directory, 'storage'),
      auth: { htpasswd: { file: path.join(directory, 'htpasswd') } },
      uplinks: { upstream: { url: upstream.trim() } },
      packages: {
        ...Object.fromEntries(
          Array.from(ours, (name) => [name, { access: '$all', publish: '$all' }]),
        ),
        '**': { access: '$all', proxy: 'upstream' },
      },
      web: { enable: false },
      log: { type: 'stdout', format: 'pretty', level: 'error' },
    })) as Server
    server.listen(0, 'localhost')
    await once(server, 'listening')
    return new Registry(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  /** An `.npmrc` by which everything comes from here, and goes here. */
  get npmrc(): string {
    // A client that has no token does not even try to publish.
    const token = `${this.url.replace(/^http:/, '')}:_authToken=anybody`
    return `registry=${this.url}\n${token}\n`
  }

  /** The versions of a package that were published, and which of them is installed by default. */
  async versions(name: string): Promise<{ all: string[]; latest: string }> {
    const { versions, 'dist-tags': tags } = await this.#packument(name)
    return { all: Object.keys(versions), latest: tags.latest }
  }

  /** What is really in the file that was published. */
  async contents(name: string, version: string): Promise<Package> {
    const { versions } = await this.#packument(name)
    const response = await fetch(versions[version]!.dist.tarball)
    return createPackageFromTarballData(new Uint8Array(await response.arrayBuffer()))
  }

  async #packument(name: string): Promise<Packument> {
    const response = await fetch(this.url + name.replace('/', '%2f'))
    if (!response.ok) throw new Error(`${name}: ${response.status}`)
    return (await response.json()) as Packument
  }
}

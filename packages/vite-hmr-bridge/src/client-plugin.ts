import { exactRegex } from '@rolldown/pluginutils'
import type { Plugin } from 'vite'
import { clientCode } from './client.ts'
import { CLIENT_ID, CLOUDFLARE_ENTRY_ID, PACKAGE_NAME } from './constants.ts'

const RESOLVED_CLIENT_ID = `\0${CLIENT_ID}`

/** Provide `virtual:vite-hmr-bridge/client`, and evaluate it in the Cloudflare plugin's workers. */
export const clientHooks: Pick<Plugin, 'resolveId' | 'load' | 'transform'> = {
  resolveId: {
    filter: { id: exactRegex(CLIENT_ID) },
    handler: (id) => (id === CLIENT_ID ? RESOLVED_CLIENT_ID : null),
  },
  load: {
    filter: { id: exactRegex(RESOLVED_CLIENT_ID) },
    handler(id) {
      if (id !== RESOLVED_CLIENT_ID) return null
      return this.environment.mode === 'dev' ? clientCode : ''
    },
  },
  transform: {
    filter: { id: exactRegex(CLOUDFLARE_ENTRY_ID) },
    handler(code, id) {
      const { environment } = this
      if (id !== CLOUDFLARE_ENTRY_ID || environment.mode !== 'dev') return null
      // Several plugins may bring these hooks, and each import would be one more round trip.
      if (code.includes(CLIENT_ID)) return null
      const { environments } = environment.getTopLevelConfig()
      const others = Object.keys(environments).filter(
        (name) => name !== environment.name && environments[name]!.consumer === 'server',
      )
      // First, so that a worker that fails to evaluate answers all the same, and on the same
      // line, so that no source map is needed.
      const imports = `import ${JSON.stringify(CLIENT_ID)};${importInRunners(others)}`
      return { code: imports + code, map: null }
    },
  },
}

/**
 * The runners of child environments have no entry that a plugin knows of: their modules are asked
 * for through this global, which the Cloudflare plugin defines beside them (`runner-worker`, from
 * 1.21). One of another isolate, or none, rejects.
 */
function importInRunners(names: string[]): string {
  return (
    `for (const name of ${JSON.stringify(names)}) ` +
    'globalThis.__VITE_ENVIRONMENT_RUNNER_IMPORT__' +
    `?.(name, ${JSON.stringify(CLIENT_ID)}).catch(() => {});`
  )
}

/**
 * Lets runners answer handshakes ({@link createHandshake}) in a topology that needs no
 * {@link hmrBridge}. With one it is superfluous, and does nothing.
 */
export function handshakeClient(): Plugin {
  return { name: `${PACKAGE_NAME}:client`, enforce: 'pre', ...clientHooks }
}

import { observeRunner } from '@holdfast/vite-hmr-bridge'
import type { Plugin, ViteDevServer } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { pageAddress } from './page-address.ts'
import { sessionOf } from './session.ts'
import type { Session } from './session.ts'
import { describeChange, describeTopology, findTopology } from './topology.ts'
import type { Forwarding, Topology } from './topology.ts'

/** Says once for each server what was found, and where the page is. */
export function startLine(chosen: Forwarding, hasPage: boolean): Plugin {
  // Nuxt makes two servers with the same plugins, one for the browser's code, one for its own.
  const said = new Map<string, Session>()

  return {
    name: PACKAGE_NAME,
    enforce: 'pre',
    configResolved: {
      // Before the parts, which know nothing of each other and so have other advice.
      order: 'pre',
      handler({ plugins }) {
        if (plugins.filter(({ name }) => name === PACKAGE_NAME).length < 2) return
        throw new Error(
          `[${PACKAGE_NAME}] \`holdfast()\` is there twice; remove one, or have the framework that adds one do without`,
        )
      },
    },
    configureServer: {
      // Before plugins that evaluate code.
      order: 'pre',
      handler(server) {
        const { config, environments } = server
        for (const environment of Object.values(environments)) {
          if (environment.config.consumer === 'server') observeRunner(environment)
        }
        const forwarding = config.server.hmr === false ? false : chosen
        const say = (): void => {
          const topology = findTopology(environments)
          const found = describeTopology(topology, forwarding)
          const address = hasPage ? ` · ${pageAddress(server)}` : ''
          const line = `[${PACKAGE_NAME}] ${found}${address}`
          const session = sessionOf(config)
          const isSaid = (said.get(line) ?? session) !== session
          said.set(line, said.get(line) ?? session)
          if (!isSaid) config.logger.info(line)
          if (forwarding === 'found') sayWhatChanges(server, topology)
        }
        return () => {
          // By the time it listens, plugins that evaluate code at start have done so.
          if (server.httpServer) server.httpServer.once('listening', say)
          else say()
        }
      },
    },
    closeBundle() {
      const { environment } = this
      if (environment.mode !== 'dev') return
      const session = sessionOf(environment.getTopLevelConfig())
      for (const [line, other] of said) if (other === session) said.delete(line)
    },
  }
}

/** One line for each environment of which something else becomes known than was said. */
function sayWhatChanges({ config, environments }: ViteDevServer, said: Topology): void {
  for (const before of said) {
    const stop = observeRunner(environments[before.name]!).subscribe(() => {
      const topology = findTopology(environments)
      const change = describeChange(before, topology)
      if (change === undefined) return
      stop()
      config.logger.info(`[${PACKAGE_NAME}] ${change}`)
    })
  }
}

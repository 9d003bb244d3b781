import { setImmediate as immediate } from 'node:timers/promises'
import { createHandshake, intercept, observeRunner } from '@holdfast/vite-hmr-bridge'
import type { DevEnvironment, HotPayload } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import { CLIENT_ID, PACKAGE_NAME } from './constants.ts'
import type { Settlement } from './settlement.ts'

export interface Runner {
  /**
   * Finds out whether the runner can tell, and sees to it that one in this process can, be it created
   * later. What a runner said on its own is lost if that was before the environment listened, as with
   * the Cloudflare plugin. Never rejects.
   */
  greet: () => Promise<void>
  close: () => void
}

/**
 * Unsettles from the moment a reload or an update is sent to the environment's runner until that
 * has applied it. A runner that has never said that it can tell, or an environment without one, is
 * not waited for.
 *
 * @param timeout how long it is waited for, in ms.
 * @param onSend is called with each, and must not throw.
 */
export function watchRunner(
  environment: DevEnvironment,
  settlement: Settlement,
  timeout: number,
  onSend: (payload: HotPayload) => void,
): Runner {
  const { logger, name } = environment
  const handshake = createHandshake(environment)
  const observed = observeRunner(environment)
  let greeted: ModuleRunner | undefined
  let isGreeting = false
  let sent = 0
  let isClosed = false

  /** One that nobody has created is left so. */
  async function greetRunner(): Promise<void> {
    const { runner } = observed
    if (!isGreeting || !runner || runner === greeted) return
    greeted = runner
    try {
      await runner.import(CLIENT_ID)
    } catch {
      // Vite has closed it.
    }
  }

  const stopObserving = observed.subscribe(() => void greetRunner())

  const stop = intercept(environment.hot, (payload) => {
    sent++
    onSend(payload)
    if (sent === 1) void awaitApplied()
  })

  async function awaitApplied(): Promise<void> {
    const end = settlement.begin(`"${name}" has not applied its last reload`)
    let isApplied = true
    while (sent > 0) {
      const before = sent
      // The bridge forwards a reload in an immediate.
      await immediate()
      if (handshake.isAnswered) isApplied = await handshake.ping(timeout)
      // Others that were sent meanwhile may be behind the ping.
      if (sent === before) sent = 0
    }
    if (!isApplied && !isClosed) {
      logger.warn(
        `[${PACKAGE_NAME}] the runner of "${name}" did not say within ${timeout} ms ` +
          'that it has applied a reload, so requests wait no longer',
      )
    }
    end()
  }

  return {
    async greet() {
      isGreeting = true
      await greetRunner()
      await handshake.ping(timeout)
    },
    close() {
      isClosed = true
      stop()
      stopObserving()
      observed.close()
      handshake.close()
    },
  }
}

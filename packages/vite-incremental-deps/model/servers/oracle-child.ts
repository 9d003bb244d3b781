/**
 * The process in which fresh servers start: a first run of Vite's optimizer that fails ends it, and
 * every server leaves something behind.
 */
import type { Answer } from '../judge/answer.ts'
import { askFreshVite } from './fresh-vite.ts'
import type { Answers, OracleOptions } from './fresh-vite.ts'

let fail: ((error: unknown) => void) | undefined
process.on('unhandledRejection', (error) => fail?.(error))
process.on('disconnect', () => process.exit(0))

process.on('message', (options: OracleOptions) => {
  void answer(options).then((answers) => process.send!(answers))
})

async function answer(options: OracleOptions): Promise<Answers> {
  const failed = new Promise<never>((_resolve, reject) => (fail = reject))
  try {
    return await Promise.race([askFreshVite(options), failed])
  } catch (error) {
    const everywhere: Answer = { error: String(error) }
    const pages = Object.fromEntries(options.pages.map((page) => [page, everywhere]))
    return Object.fromEntries(options.environments.map((name) => [name, pages]))
  }
}

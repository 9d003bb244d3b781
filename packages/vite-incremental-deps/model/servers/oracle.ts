import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Answers, OracleOptions } from './fresh-vite.ts'

/** Questions after which the process is replaced: a server is not forgotten entirely. */
const MAX_QUESTIONS = 60

/** What fresh plain Vite says, from another process. */
export class Oracle implements Disposable {
  #child: ChildProcess | undefined
  #questions = 0

  async ask(options: OracleOptions): Promise<Answers> {
    if (this.#questions++ % MAX_QUESTIONS === 0) this[Symbol.dispose]()
    const child = (this.#child ??= fork(path.join(import.meta.dirname, 'oracle-child.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: { ...process.env, NODE_ENV: 'development', VITEST: undefined },
    }))
    child.send(options)
    const [answers] = (await once(child, 'message')) as [Answers]
    return answers
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }
}

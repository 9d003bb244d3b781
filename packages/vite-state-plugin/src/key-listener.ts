import { ANSWER_EVENT, ASK_EVENT } from './constants.ts'
import { listKeys } from './list-keys.ts'

/**
 * Code that answers in a runner for the keys of its isolate. It ends the specifier's module,
 * whatever the `runtime` is, and answers for every container that was made by
 * `createStateContainer`, whoever made it.
 *
 * Without HMR there is no `hot`, and nobody is asked. `hot.send` does not throw.
 */
export const keyListenerCode: string = `
{
const { hot } = import.meta
const listKeys = ${listKeys.toString()}
hot?.on(${JSON.stringify(ASK_EVENT)}, (question) => hot.send(${JSON.stringify(ANSWER_EVENT)}, listKeys(question)))
}
`

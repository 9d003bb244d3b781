import { PING_EVENT, PONG_EVENT } from './constants.ts'

/**
 * The module behind `virtual:vite-hmr-bridge/client`.
 *
 * A runner works off its messages one after the other, and is not done with a `full-reload` before
 * it has imported its entries again (`createHMRHandlerForRunner` in `module-runner/hmrHandler.ts`,
 * the same in Vite 6 to 8). So an answer proves that everything sent before the ping is applied.
 *
 * The answer to no ping, which it begins with, tells that there is someone to ask.
 *
 * `hot.send` does not throw, not even without a connection: the runner logs what it could not send.
 */
export const clientCode: string = `
const { hot } = import.meta
hot?.on(${JSON.stringify(PING_EVENT)}, ({ id }) => hot.send(${JSON.stringify(PONG_EVENT)}, { id }))
hot?.send(${JSON.stringify(PONG_EVENT)}, {})
`

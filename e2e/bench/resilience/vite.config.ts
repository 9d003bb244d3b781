import config from '@holdfast/app-request-info/vite-config'
import { hiddenDependencies } from './hidden-plugin.ts'
import { figures } from './figures-plugin.ts'

/** The harness as it is, and what the load test needs of its server. */
export default { ...config, plugins: [config.plugins, hiddenDependencies(), figures()] }

import config from '@holdfast/app-request-info/vite-config'
import { CACHE_DIRECTORY_VARIABLE } from './constants.ts'
import { figures } from './figures-plugin.ts'
import { hiddenDependencies } from './hidden-plugin.ts'

/** The harness as it is, and what the load test needs of its server. */
export default {
  ...config,
  cacheDir: process.env[CACHE_DIRECTORY_VARIABLE],
  plugins: [config.plugins, hiddenDependencies(), figures()],
}

import config from '@holdfast/app-request-info/vite-config'

/** The harness as it is, with a cache of its own. */
export default { ...config, cacheDir: process.env['STARTUP_CACHE'] }

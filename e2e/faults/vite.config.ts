// By its path, so that it is a part of this one, and evaluated anew when the server is restarted.
import config from '../../apps/request-info/vite.config.ts'
import { routes, slowTransform, stats } from './plugins.ts'

/** The harness as it is, and what tests of faults need. */
export default { ...config, plugins: [config.plugins, routes(), slowTransform(), stats()] }

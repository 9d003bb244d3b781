/** A set of versions that the packages are tried on, installed outside the repository. */
export interface Row {
  name: string
  app: 'harness' | 'node'
  vite: string
  /** The Cloudflare plugin and the wrangler that it depends on: another one brings another workerd. */
  cloudflare?: { plugin: string; wrangler: string }
  /** The last one for this Vite, where the harness's own is not. */
  react?: string
}

const newestCloudflare = { plugin: '1.64.0', wrangler: '4.151.0' }
/** The first that has `childEnvironments`. */
const firstCloudflare = { plugin: '1.21.0', wrangler: '4.59.2' }

export const rows: Row[] = [
  { name: 'vite-8', app: 'harness', vite: '8.3.8', cloudflare: newestCloudflare },
  { name: 'vite-7', app: 'harness', vite: '7.3.8', cloudflare: newestCloudflare, react: '5.2.0' },
  // The first that has `ignoreOutdatedRequests`.
  {
    name: 'vite-7-first',
    app: 'harness',
    vite: '7.3.1',
    cloudflare: firstCloudflare,
    react: '5.2.0',
  },
  { name: 'vite-6', app: 'harness', vite: '6.4.6', cloudflare: newestCloudflare, react: '5.2.0' },
  { name: 'node-8', app: 'node', vite: '8.3.8' },
  { name: 'node-7', app: 'node', vite: '7.3.8' },
  { name: 'node-6', app: 'node', vite: '6.4.6' },
  // Where the peer range begins.
  { name: 'node-8-first', app: 'node', vite: '8.0.0' },
  { name: 'node-7-first', app: 'node', vite: '7.0.0' },
  { name: 'node-6-first', app: 'node', vite: '6.0.0' },
]

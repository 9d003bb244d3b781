const UNAVAILABLE = '\0holdfast-unavailable:'

/**
 * The id, in a late bundle, of a module that an environment does not have: a Node built-in in the
 * browser, a file that a package leaves out by `browser: false`, an optional peer dependency that is
 * not installed. None for anything else.
 *
 * @param resolved - what Vite's resolver says of it (`plugins/resolve.ts`).
 */
export function unavailableId(source: string, resolved: string): string | undefined {
  const [kind, ...rest] = resolved.split(':')
  if (kind === '__vite-browser-external') {
    return `${UNAVAILABLE}browser:${rest.length > 0 ? source : ''}`
  }
  if (kind === '__vite-optional-peer-dep') return `${UNAVAILABLE}peer:${rest.join(':')}`
  return undefined
}

/** What Vite's optimizer puts in its place (`rolldownDepPlugin`): nobody has state there. */
export function codeOfUnavailable(id: string, isProduction: boolean): string | undefined {
  if (!id.startsWith(UNAVAILABLE)) return undefined
  const [kind, source, parent] = id.slice(UNAVAILABLE.length).split(':')
  if (kind === 'peer') {
    const message = `Could not resolve "${source}" imported by "${parent}". Is it installed?`
    return `module.exports = {}\nthrow new Error(${JSON.stringify(message)})`
  }
  if (!source || isProduction) return 'module.exports = {}'
  const warning = [
    `Module "${source}" has been externalized for browser compatibility. Cannot access "${source}.`,
    '" in client code. See https://vite.dev/guide/troubleshooting.html#module-externalized-for-browser-compatibility for more details.',
  ].map((part) => JSON.stringify(part))
  return `const silent = new Set(['__esModule', '__proto__', 'constructor', 'splice'])
module.exports = Object.create(new Proxy({}, {
  get(_, key) {
    if (!silent.has(key)) console.warn(${warning.join(' + String(key) + ')})
  },
}))`
}

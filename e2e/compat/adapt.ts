import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Vite 6 puts a `true` of one plugin for `resolve.noExternal` into the list of another, the
 * Cloudflare plugin's into that of `@vitejs/plugin-rsc`, and then takes it for the name of a package:
 * "filename.replace is not a function", with or without our packages.
 */
const noExternalFix = `{
      name: 'no-external',
      configEnvironment: {
        order: 'post',
        handler(_name, { resolve }) {
          const { noExternal } = resolve ?? {}
          if (Array.isArray(noExternal) && noExternal.includes(true)) resolve.noExternal = true
        },
      },
    },`

/** Rewrites the harness's config in the way that an older Vite asks of any project. */
export function adaptConfig(file: string, major: number): void {
  let source = readFileSync(file, 'utf8')
  // The options of a build's bundler had the name of another one.
  if (major < 8) source = source.replaceAll('rolldownOptions', 'rollupOptions')
  if (major < 7) {
    source = source.replace('plugins: [', `plugins: [\n    ${noExternalFix}`)
    // The browser's entry awaits at top level, for which its default target is too old.
    source = source.replace(
      'clearScreen: false',
      "clearScreen: false,\n  build: { target: 'es2022' }",
    )
  }
  writeFileSync(file, source)
}

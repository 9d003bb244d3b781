import { commonJsShapes } from './commonjs-shapes.ts'
import { dependentShapes } from './dependent-shapes.ts'
import { esShapes } from './es-shapes.ts'
import type { Content } from './modules.ts'
import type { Files, Shape } from './shape.ts'

export const shapes: ReadonlyMap<string, Shape> = new Map(
  [...esShapes, ...commonJsShapes, ...dependentShapes].map((shape) => [shape.name, shape]),
)

export const VERSIONS = ['1.0.0', '2.0.0', '3.0.0']

/** The package of `core/x`. */
export const packageOf = (id: string): string => id.split('/')[0]!

/** The packages that these run on, and they themselves. */
export function packagesBehind(names: Iterable<string>): Set<string> {
  const found = new Set(names)
  // What is added while it goes on is visited too.
  for (const name of found) shapes.get(name)!.dependencies?.forEach((each) => found.add(each))
  return found
}

/** What a package has in its own `node_modules`, in a version that no project has. */
export function nestedOf({ place, version, revision }: Content): Content | undefined {
  const name = shapes.get(place)!.nested
  return name === undefined
    ? undefined
    : { place: `${place}>${name}`, version: version.replace('.0.0', '.9.0'), revision }
}

/**
 * The files of a package, without those of a nested one.
 *
 * @param isPadded - whether sizes differ between versions.
 */
export function filesOf(content: Content, isPadded: boolean): Files {
  const { name, manifest, files } = shapes.get(content.place.split('>').at(-1)!)!
  const { version, revision } = content
  const length = isPadded ? 3 * Number(version[0]) + (revision % 40) : 0
  const padding = isPadded ? `// ${'x'.repeat(length)}\n` : ''
  return {
    'package.json': JSON.stringify({ name, version, type: 'module', ...manifest }),
    ...Object.fromEntries(
      Object.entries(files(content)).map(([file, code]) => [
        file,
        file.endsWith('.json') ? code : code + padding,
      ]),
    ),
  }
}

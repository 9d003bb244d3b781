import { take } from './evaluations.js'

/**
 * Records the modules that an import evaluated, its exports, and the modules that reading these
 * evaluated.
 *
 * @param load - imports the module dynamically.
 * @param rest - the default export, if there is one.
 */
export async function observe(all, load, rest) {
  const evaluated = take()
  const exports = {}
  describe(exports, '*', all, 2)
  const ways = { 'import()': await load(), ...rest }
  for (const [way, value] of Object.entries(ways)) {
    if (way === 'default' && value === all.default) exports[way] = 'same as *.default'
    else describe(exports, way, value, 2, all)
  }
  return { evaluated, exports, touched: take() }
}

/** Objects and functions with several names: the first name, by each of the others. */
export function identities(modules) {
  const names = new Map()
  const add = (name, value) => {
    if (!isObject(value)) return
    names.set(value, [...(names.get(value) ?? []), name])
  }
  for (const [id, { all, standard }] of Object.entries(modules)) {
    for (const key of Object.keys(all)) add(`${id}.${key}`, all[key])
    add(`${id}.default`, standard)
    if (!isObject(standard)) continue
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(standard))) {
      add(`${id}.default.${key}`, value)
    }
  }
  const same = {}
  for (const group of names.values()) for (const name of group.slice(1)) same[name] = group[0]
  return same
}

const isObject = (value) =>
  typeof value === 'function' || (typeof value === 'object' && value !== null)

/**
 * Describes a value and its properties.
 *
 * @param like - an object; properties that are the same there are not described again.
 */
function describe(lines, name, value, depth, like) {
  lines[name] = lineOf(value)
  if (!isObject(value) || depth === 0 || ArrayBuffer.isView(value)) return
  for (const key of keysOf(value)) {
    const property = `${name}.${String(key)}`
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    // CommonJS requires lazily by getters of `module.exports`; other getters may do anything.
    if (descriptor.get && depth < 2 && name !== '*.default') lines[property] = 'accessor'
    else {
      try {
        const own = value[key]
        if (like && own === like[key]) lines[property] = 'same as *'
        else describe(lines, property, own, depth - 1)
      } catch (error) {
        lines[property] = `throws ${String(error)}`
      }
    }
  }
}

const OF_EVERY_FUNCTION = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])

function keysOf(value) {
  const keys = Reflect.ownKeys(value)
  if (typeof value === 'function') return keys.filter((key) => !OF_EVERY_FUNCTION.has(key))
  // Sorted in a browser; in Vite's module runner as the output lists them.
  return value[Symbol.toStringTag] === 'Module' ? keys.filter(isString).toSorted() : keys
}

const isString = (key) => typeof key === 'string'

function lineOf(value) {
  if (typeof value === 'function') return lineOfFunction(value)
  if (isObject(value)) {
    const keys = keysOf(value).slice(0, 50).map(String).join()
    const state = Object.isFrozen(value) ? ' frozen' : Object.isExtensible(value) ? '' : ' sealed'
    const size = Array.isArray(value) ? `(${value.length})` : ''
    return `${typeOf(value)}${size}${state} {${keys}}`
  }
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 300))
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`
}

function lineOfFunction(value) {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value))
  const kind = isClass ? 'class' : Object.prototype.toString.call(value).slice(8, -1)
  const { prototype } = value
  const members = isObject(prototype) ? Reflect.ownKeys(prototype).map(String).join() : 'none'
  return `${kind} ${nameOf(value)}/${value.length} {${keysOf(value).map(String).join()}} of {${members}}`
}

/** Bundlers number the names that collide, and what collides is theirs to decide. */
const nameOf = ({ name }) => String(name).replace(/\$\d+$/, '')

function typeOf(value) {
  const prototype = Object.getPrototypeOf(value)
  const constructor = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name = prototype === null ? 'null' : constructor ? nameOf(constructor) : 'derived'
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  return name === tag ? tag : `${tag} of ${name}`
}

import type { Plugin } from 'vite'
import { HIDDEN_PREFIX } from './constants.ts'
import { lateDependencies } from './late-dependencies.ts'

/** Vite's start-up scan does not look into virtual modules, so it does not find what they import. */
export function hiddenDependencies(): Plugin {
  const filter = { id: new RegExp(`^\0?${HIDDEN_PREFIX}`) }
  return {
    name: 'load-test-hidden-dependencies',
    resolveId: { filter, handler: (id) => (id.startsWith('\0') ? id : `\0${id}`) },
    load: {
      filter,
      handler(id) {
        const dependency = lateDependencies.find((each) => id === `\0${HIDDEN_PREFIX}${each.id}`)!
        return `${dependency.statement}\nexport const value = () => ${dependency.value}`
      },
    },
  }
}

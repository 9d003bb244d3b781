import { early, idsOf, late } from '../packages.ts'
import type { Case } from './case.ts'
import { cases } from './fixtures/index.ts'

/** One comparison: its sides have servers of their own. */
export interface Unit {
  name: string
  early: string[]
  /** Dependencies that are added late, one after another. */
  ids: string[]
  /** The case, if the packages are generated; else they are installed. */
  case?: Case
}

/** Packages that share modules with each other. */
const FAMILIES = [
  ['redux', 'immer', '@reduxjs/toolkit', 'react-redux'],
  ['@reduxjs/toolkit', 'immer', 'redux'],
  ['graphql', 'rxjs', '@apollo/client/react'],
  ['@emotion/react', '@emotion/styled', '@mui/material/styles', '@mui/material/Button'],
  ['react-dom', 'scheduler', '@radix-ui/react-dialog', 'react-dom/client'],
  ['swr', 'use-sync-external-store/shim', '@xstate/react', 'xstate'],
  ['mobx-react-lite', 'mobx'],
  ['nanostores', '@nanostores/react'],
  ['jotai', 'valtio', 'jotai/utils', 'valtio/utils'],
  ['@trpc/client', '@trpc/server'],
  ['formik', 'react-is', 'lodash', 'prop-types', 'yup'],
]

/** Each entry point alone, those of a package together in both orders, and families of packages. */
const installed: string[][] = [
  ...idsOf(late).map((id) => [id]),
  ...late.flatMap(({ ids = [] }) => (ids.length > 1 ? [ids, ids.toReversed()] : [])),
  ...FAMILIES,
]

/** The early dependencies alone. */
const EARLY: Unit = { name: 'early', early: idsOf(early), ids: [] }

export const units: Unit[] = [
  ...cases.map((each) => ({ name: each.name, early: each.early, ids: each.late, case: each })),
  EARLY,
  ...installed.map((ids) => ({ name: ids.join(' + '), early: idsOf(early), ids })),
]

/** @param only - names of cases, or ids. */
export function unitsOf(only?: string[]): Unit[] {
  if (!only) return units
  // The packages of cases have the same names in many of them.
  const chosen = units.filter((unit) =>
    [unit.name, ...(unit.case ? [] : unit.ids)].some((each) => only.includes(each)),
  )
  return chosen.every((unit) => unit.case) ? chosen : [EARLY, ...chosen]
}

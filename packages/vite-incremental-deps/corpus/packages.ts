/**
 * Packages that people use, with exact versions: what a registry serves tomorrow must not change
 * what this proves. `ids` are what is imported of one; its name, unless said otherwise.
 */
export interface CorpusPackage {
  name: string
  version: string
  ids?: string[]
}

/** What an app starts with, and so what everything late has to share its modules with. */
export const early: CorpusPackage[] = [
  { name: 'react', version: '19.3.1' },
  { name: 'react-dom', version: '19.3.1', ids: ['react-dom/server'] },
  { name: 'axios', version: '1.21.1' },
  { name: 'clsx', version: '2.1.1' },
  { name: 'dayjs', version: '1.11.23' },
  { name: 'i18next', version: '27.1.2' },
  { name: 'zustand', version: '5.1.0' },
]

export const late: CorpusPackage[] = [
  // React, by the paths that a first run did not have.
  { name: 'react', version: '19.3.1', ids: ['react/jsx-runtime'] },
  { name: 'react-dom', version: '19.3.1', ids: ['react-dom', 'react-dom/client'] },
  { name: 'scheduler', version: '0.28.0' },
  { name: 'react-is', version: '19.3.1' },
  // Libraries with context and hooks.
  { name: 'react-redux', version: '9.3.1' },
  { name: 'swr', version: '2.5.1', ids: ['swr', 'swr/infinite'] },
  { name: '@tanstack/react-query', version: '5.108.0' },
  { name: 'react-hook-form', version: '7.92.0' },
  { name: 'react-router', version: '8.5.1' },
  { name: 'formik', version: '2.4.9' },
  { name: 'react-intl', version: '12.1.5' },
  { name: 'react-i18next', version: '18.0.1' },
  { name: 'motion', version: '14.14.0', ids: ['motion/react'] },
  { name: '@dnd-kit/core', version: '6.3.1' },
  { name: 'react-helmet-async', version: '3.0.0' },
  { name: 'sonner', version: '2.0.8' },
  { name: 'react-error-boundary', version: '6.1.6' },
  { name: '@radix-ui/react-dialog', version: '1.3.1' },
  { name: 'use-sync-external-store', version: '1.7.0', ids: ['use-sync-external-store/shim'] },
  // State managers.
  { name: '@reduxjs/toolkit', version: '2.14.0' },
  { name: 'redux', version: '5.0.1' },
  { name: 'zustand', version: '5.1.0', ids: ['zustand/middleware', 'zustand/vanilla'] },
  { name: 'jotai', version: '3.0.1', ids: ['jotai', 'jotai/utils'] },
  { name: 'mobx', version: '7.1.3' },
  { name: 'mobx-react-lite', version: '5.1.0' },
  { name: 'valtio', version: '2.3.2', ids: ['valtio', 'valtio/utils'] },
  { name: 'nanostores', version: '1.5.5' },
  { name: '@nanostores/react', version: '2.0.1' },
  { name: 'xstate', version: '5.33.3' },
  { name: '@xstate/react', version: '6.1.0' },
  { name: 'immer', version: '11.2.10' },
  // CSS in JavaScript.
  { name: '@emotion/react', version: '11.14.0' },
  { name: '@emotion/styled', version: '11.14.1' },
  { name: 'styled-components', version: '6.6.0' },
  { name: 'goober', version: '2.1.19' },
  { name: 'tailwind-merge', version: '3.7.0' },
  // CommonJS.
  { name: 'lodash', version: '4.18.1', ids: ['lodash', 'lodash/debounce'] },
  { name: 'moment', version: '2.31.0' },
  { name: 'debug', version: '4.4.3' },
  { name: 'ms', version: '2.1.3' },
  { name: 'qs', version: '6.17.1' },
  { name: 'semver', version: '7.8.6' },
  { name: 'classnames', version: '2.5.1' },
  { name: 'prop-types', version: '15.8.1' },
  { name: 'invariant', version: '2.2.4' },
  { name: 'bluebird', version: '3.7.2' },
  { name: 'handlebars', version: '4.7.10' },
  // With `fast-deep-equal`, which it gives a property, so that what that exports depends on the order.
  { name: 'ajv', version: '8.20.0' },
  // ES modules and CommonJS in one package.
  { name: 'dayjs', version: '1.11.23', ids: ['dayjs/plugin/utc'] },
  { name: 'eventemitter3', version: '5.0.4' },
  { name: 'immutable', version: '5.2.1' },
  { name: 'async', version: '3.2.6' },
  { name: 'rxjs', version: '7.8.2', ids: ['rxjs', 'rxjs/operators'] },
  { name: 'graphql', version: '17.1.0' },
  { name: 'zod', version: '4.6.7' },
  { name: 'yup', version: '1.7.1' },
  { name: 'uuid', version: '14.0.3' },
  { name: 'nanoid', version: '6.0.2' },
  { name: 'superjson', version: '2.2.6' },
  // Object-relational mappers and clients that run on Workers.
  { name: 'drizzle-orm', version: '0.45.4', ids: ['drizzle-orm', 'drizzle-orm/sqlite-core'] },
  { name: 'kysely', version: '0.29.9' },
  { name: '@libsql/client', version: '0.18.0', ids: ['@libsql/client/web'] },
  { name: '@planetscale/database', version: '1.20.2' },
  { name: '@neondatabase/serverless', version: '1.2.0' },
  { name: 'hono', version: '4.13.19', ids: ['hono', 'hono/cors'] },
  { name: 'jose', version: '6.2.17' },
  { name: '@supabase/supabase-js', version: '2.119.1' },
  { name: 'stripe', version: '23.1.0' },
  { name: 'openai', version: '7.57.0' },
  { name: '@trpc/server', version: '11.25.2' },
  { name: '@trpc/client', version: '11.25.2' },
  { name: 'ky', version: '2.1.0' },
  { name: '@apollo/client', version: '4.3.8', ids: ['@apollo/client', '@apollo/client/react'] },
  // Big barrels.
  { name: 'lodash-es', version: '4.18.1', ids: ['lodash-es', 'lodash-es/debounce'] },
  { name: 'date-fns', version: '4.4.0', ids: ['date-fns', 'date-fns/locale'] },
  { name: 'ramda', version: '0.32.0' },
  { name: 'lucide-react', version: '1.75.0' },
  {
    name: '@mui/material',
    version: '9.5.0',
    ids: ['@mui/material/styles', '@mui/material', '@mui/material/Button'],
  },
]

export function idsOf(packages: CorpusPackage[]): string[] {
  return packages.flatMap(({ name, ids = [name] }) => ids)
}

import { DndContext, useDndContext } from '@dnd-kit/core'
import { ThemeContext, useTheme } from '@emotion/react'
import styled from '@emotion/styled'
import Button from '@mui/material/Button'
import { ThemeProvider, createTheme } from '@mui/material/styles'
import { useStore as useNanoStore } from '@nanostores/react'
import { configureStore, createSlice } from '@reduxjs/toolkit'
import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { useMachine } from '@xstate/react'
import { ApolloClient, InMemoryCache, ApolloLink } from '@apollo/client'
import { ApolloProvider, useApolloClient } from '@apollo/client/react'
import { Formik, useFormikContext } from 'formik'
import i18next from 'i18next'
import { Provider as JotaiProvider, atom, createStore, useAtomValue } from 'jotai'
import { observable } from 'mobx'
import { observer } from 'mobx-react-lite'
import { LazyMotion, motion } from 'motion/react'
import { atom as nanoAtom } from 'nanostores'
import React from 'react'
import { ErrorBoundary } from 'react-error-boundary'
import { FormProvider, useForm, useFormContext } from 'react-hook-form'
import { I18nextProvider, useTranslation } from 'react-i18next'
import { IntlProvider, useIntl } from 'react-intl'
import { isElement } from 'react-is'
import { jsx } from 'react/jsx-runtime'
import { Provider, useSelector } from 'react-redux'
import { renderToString } from 'react-dom/server'
import { MemoryRouter, useLocation } from 'react-router'
import { setup, styled as goober } from 'goober'
import scStyled, { ThemeProvider as ScThemeProvider } from 'styled-components'
import { SWRConfig, useSWRConfig } from 'swr'
import { useSyncExternalStore } from 'use-sync-external-store/shim'
import { proxy, useSnapshot } from 'valtio'
import { createMachine } from 'xstate'
import { create } from 'zustand'
import differing from './same.js'

const h = React.createElement
const text = (hook) => h(() => String(hook()))
const slice = createSlice({ name: 'slice', initialState: { value: 'ok' }, reducers: {} })
const Hooked = scStyled.p`color: ${({ theme }) => theme.colour};`

/** Each renders a provider of one library around a hook or a component of it, or of another. */
const uses = {
  'react-redux': () => {
    const store = configureStore({ reducer: slice.reducer })
    return h(
      Provider,
      { store },
      text(() => useSelector(({ value }) => value)),
    )
  },
  swr: () =>
    h(
      SWRConfig,
      { value: { mark: 'ok' } },
      text(() => useSWRConfig().mark),
    ),
  'react-query': () => {
    const client = Object.assign(new QueryClient(), { mark: 'ok' })
    return h(
      QueryClientProvider,
      { client },
      text(() => useQueryClient().mark),
    )
  },
  'react-hook-form': () => {
    const Form = ({ children }) =>
      h(FormProvider, { ...useForm({ defaultValues: { a: 'ok' } }) }, children)
    return h(
      Form,
      null,
      text(() => useFormContext().getValues('a')),
    )
  },
  'react-router': () =>
    h(
      MemoryRouter,
      { initialEntries: ['/ok'] },
      text(() => useLocation().pathname.slice(1)),
    ),
  formik: () =>
    h(
      Formik,
      { initialValues: { a: 'ok' } },
      text(() => useFormikContext().values.a),
    ),
  'react-intl': () =>
    h(
      IntlProvider,
      { locale: 'en', messages: { a: 'ok' } },
      text(() => useIntl().messages.a),
    ),
  'react-i18next': () => {
    const i18n = i18next.createInstance()
    void i18n.init({ lng: 'en', resources: { en: { translation: { a: 'ok' } } }, initAsync: false })
    return h(
      I18nextProvider,
      { i18n },
      text(() => useTranslation().t('a')),
    )
  },
  motion: () => h(LazyMotion, { features: {} }, h(motion.p, null, 'ok')),
  'dnd-kit': () =>
    h(
      DndContext,
      null,
      text(() => (useDndContext().active === null ? 'ok' : 'no')),
    ),
  jotai: () => {
    const value = atom('ok')
    return h(
      JotaiProvider,
      { store: createStore() },
      text(() => useAtomValue(value)),
    )
  },
  mobx: () => {
    const value = observable({ a: 'ok' })
    return h(observer(() => value.a))
  },
  valtio: () => text(() => useSnapshot(proxy({ a: 'ok' })).a),
  nanostores: () => text(() => useNanoStore(nanoAtom('ok'))),
  xstate: () => {
    const machine = createMachine({ initial: 'ok', states: { ok: {} } })
    return text(() => useMachine(machine)[0].value)
  },
  'emotion through mui': () => {
    const theme = createTheme({ mark: 'ok' })
    return h(
      ThemeProvider,
      { theme },
      text(() => useTheme().mark),
    )
  },
  'emotion styled': () => {
    const P = styled.p(({ theme }) => ({ color: theme.mark }))
    return h(ThemeContext.Provider, { value: { mark: 'red' } }, h(P, null, 'ok'))
  },
  'styled-components': () =>
    h(ScThemeProvider, { theme: { colour: 'red' } }, h(Hooked, null, 'ok')),
  goober: () => {
    setup(h)
    return h(goober('p')({ color: 'red' }), null, 'ok')
  },
  apollo: () => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.empty() })
    const own = () => (useApolloClient() === client ? 'ok' : 'no')
    return h(ApolloProvider, { client }, text(own))
  },
  shim: () =>
    text(() =>
      useSyncExternalStore(
        () => () => {},
        () => 'ok',
        () => 'ok',
      ),
    ),
  zustand: () => {
    const useStore = create(() => ({ a: 'ok' }))
    return text(() => useStore(({ a }) => a))
  },
  'error boundary': () => h(ErrorBoundary, { fallback: 'no' }, 'ok'),
  'jsx runtime': () => (isElement(jsx('p', {})) ? h('p', null, 'ok') : 'no'),
  mui: () => h(Button, null, 'ok'),
}

/** What does not work as it does with one instance of everything. */
export default function failures() {
  const failed = []
  for (const [name, use] of Object.entries(uses)) {
    try {
      const html = renderToString(use())
      if (!/\bok\b/.test(html)) failed.push(`${name}: ${html}`)
    } catch (error) {
      failed.push(`${name}: ${String(error)}`)
    }
  }
  return [...failed, ...differing()]
}

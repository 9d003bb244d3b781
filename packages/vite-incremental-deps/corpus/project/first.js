import axios from 'axios'
import clsx from 'clsx'
import dayjs from 'dayjs'
import i18next from 'i18next'
import React from 'react'
import { renderToString } from 'react-dom/server'
import { create } from 'zustand'

/** An app's own module-level state. */
export const state = { isKept: false }

export const singletons = { axios: axios.defaults, dayjs, i18next, React, create }

/** Puts something on whatever must be the same object ever after. */
export default function mark() {
  state.isKept = true
  for (const singleton of Object.values(singletons)) singleton.corpusMark = 'kept'
  return clsx(renderToString(React.createElement('p', null, 'first')))
}

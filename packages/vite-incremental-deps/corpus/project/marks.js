import axios from 'axios'
import dayjs from 'dayjs'
import i18next from 'i18next'
import React from 'react'
import { create } from 'zustand'
import { state } from './first.js'

/** What has lost its mark since `first.js` put it there. */
export default function lostMarks() {
  const singletons = { axios: axios.defaults, dayjs, i18next, React, create }
  const lost = Object.keys(singletons).filter((name) => singletons[name].corpusMark !== 'kept')
  return state.isKept ? lost : ['state', ...lost]
}

import Button from '@mui/material/Button'
import PropTypes from 'prop-types'
import dayjs from 'dayjs'
import debounce from 'lodash/debounce'
import esDebounce from 'lodash-es/debounce'
import lodash from 'lodash'
import utc from 'dayjs/plugin/utc'
import { Button as BarrelButton } from '@mui/material'
import { createSlice } from '@reduxjs/toolkit'
import { createStore as createVanilla } from 'zustand/vanilla'
import { debounce as barrelDebounce } from 'lodash-es'
import { gql } from '@apollo/client'
import { isDraft } from 'immer'
import { isPlainObject } from 'redux'
import { map as operatorMap } from 'rxjs/operators'
import { map } from 'rxjs'
import { persist } from 'zustand/middleware'
import { print } from 'graphql'

const slice = createSlice({
  name: 'slice',
  initialState: { value: 'no' },
  reducers: { look: (state) => void (state.value = isDraft(state) ? 'ok' : 'two immers') },
})

/** What is reached by two ways has to be the same object. */
const same = {
  'mui barrel and subpath': () => Button === BarrelButton,
  'lodash-es barrel and subpath': () => barrelDebounce === esDebounce,
  'lodash and subpath': () => typeof lodash.debounce === typeof debounce,
  'rxjs barrel and subpath': () => map === operatorMap,
  'immer in toolkit': () =>
    slice.reducer(undefined, slice.actions.look()).value === 'ok' && isPlainObject({}),
  'dayjs plugin': () => dayjs.extend(utc) && typeof dayjs.utc === 'function',
  'graphql in apollo': () => print(gql('{ a }')).includes('a'),
  'zustand middleware': () =>
    typeof persist === 'function' && createVanilla(() => 1).getState() === 1,
  'prop-types': () => typeof PropTypes.node === 'function',
}

/** What is there twice, as seen by who uses it. */
export default function differing() {
  const failed = []
  for (const [name, isSame] of Object.entries(same)) {
    try {
      if (!isSame()) failed.push(`${name}: two instances`)
    } catch (error) {
      failed.push(`${name}: ${String(error)}`)
    }
  }
  return failed
}

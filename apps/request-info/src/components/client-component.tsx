'use client'

import { useState } from 'react'
// #region client-component
// import isNumber from 'is-number'
// import { create } from 'zustand'
// const useStore = create(() => ({ name: 'zustand' }))
// #endregion

export function ClientComponent({ path }: { path: string }) {
  const [clicks, setClicks] = useState(0)
  return (
    <p data-testid="client-component">
      Client component on {path}:{' '}
      <button type="button" onClick={() => setClicks(clicks + 1)}>
        Clicked {clicks} times
      </button>
      {/* #region client-component */}
      {/* <>, a number: {String(isNumber(clicks))}, by {useStore().name}</> */}
      {/* #endregion */}
    </p>
  )
}

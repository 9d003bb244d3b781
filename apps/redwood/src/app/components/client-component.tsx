'use client'

import { useState } from 'react'
// #region client-component
// import { hmac } from '@noble/hashes/hmac.js'
// import { sha256 } from '@noble/hashes/sha2.js'
// import isNumber from 'is-number'
// import { create } from 'zustand'
// const useStore = create(() => ({ name: 'zustand' }))
// const sign = (text: string) => hmac(sha256, new Uint8Array(1), new TextEncoder().encode(text))[0]
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
      {/* <>, a number: {String(isNumber(clicks))}, by {useStore().name}, signed {sign(path)}</> */}
      {/* #endregion */}
    </p>
  )
}

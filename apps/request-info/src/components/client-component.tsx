'use client'

import isNumber from 'is-number'
import { create } from 'zustand'

const useClicks = create<{ clicks: number; click: () => void }>((set) => ({
  clicks: 0,
  click: () => set(({ clicks }) => ({ clicks: clicks + 1 })),
}))

export function ClientComponent({ path }: { path: string }) {
  const { clicks, click } = useClicks()
  return (
    <p data-testid="client-component">
      Client component on {path}:{' '}
      <button type="button" onClick={click}>
        {isNumber(clicks) ? `Clicked ${clicks} times` : 'Not a number'}
      </button>
    </p>
  )
}

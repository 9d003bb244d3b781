'use client'

import { sha256 } from '@noble/hashes/sha2.js'
import { useState, useTransition } from 'react'
import { callServerAction } from '../actions.ts'

export function CallAction() {
  const [calls, setCalls] = useState(0)
  const [result, setResult] = useState('')
  const [isPending, startTransition] = useTransition()

  const onClick = () =>
    startTransition(async () => {
      setCalls(calls + 1)
      setResult(await callServerAction(calls + 1))
    })

  return (
    <div>
      <button type="button" onClick={onClick} disabled={isPending}>
        Call server action
      </button>
      <p data-testid="action-result">{result}</p>
      <p>Digest: {sha256(new TextEncoder().encode(result)).slice(0, 4).join('.')}</p>
    </div>
  )
}

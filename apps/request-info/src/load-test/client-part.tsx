'use client'

import { createElement, useState } from 'react'
import { runCounted } from './actions.ts'
import { countInstances } from './instances.ts'

const marker = {}

const lines: (() => string)[] = []
// more lines

export function ClientPart({ path }: { path: string }) {
  const [result, setResult] = useState('')
  return (
    <section>
      <button type="button" onClick={async () => setResult(await runCounted('page'))}>
        Run
      </button>
      <p data-testid="client-part">{path}</p>
      <p>{result}</p>
      {/* The browser counts its own. */}
      <p data-testid="client-instances" suppressHydrationWarning>
        {[countInstances('ssr app', marker), countInstances('ssr react', createElement)].join()}
      </p>
      {lines.map((useLine) => (
        <p key={useLine.toString()}>{useLine()}</p>
      ))}
    </section>
  )
}

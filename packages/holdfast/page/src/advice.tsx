import { useRef, useState } from 'react'

export function Advice({ lines }: { lines: string | undefined }) {
  const text = useRef<HTMLPreElement>(null)
  const [copied, setCopied] = useState<string>()
  if (lines === undefined) return <p>None: nothing was found late.</p>

  const copy = async (): Promise<void> => {
    // What is selected can be copied by hand where a page may not, as without HTTPS.
    getSelection()?.selectAllChildren(text.current!)
    try {
      await navigator.clipboard.writeText(lines)
      setCopied(lines)
    } catch {
      setCopied(undefined)
    }
  }

  return (
    <>
      <p>
        To have what was found late optimized from the start, for everyone, add to the Vite config:
      </p>
      <pre ref={text} tabIndex={0}>
        {lines}
      </pre>
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>{' '}
      <span role="status">{copied === lines && 'Copied.'}</span>
    </>
  )
}

import { requestInfo } from '@holdfast/request-info'
import { addDays } from 'date-fns/addDays'
import { createElement } from 'react'
import { countInstances } from './instances.ts'

const marker = {}

const lines: (() => string)[] = []
// more lines

export function ServerPart() {
  return (
    <section>
      <p data-testid="server-part">{requestInfo.id}</p>
      <p data-testid="server-instances">
        {[
          countInstances('rsc app', marker),
          countInstances('rsc react', createElement),
          countInstances('rsc third-party', addDays),
        ].join()}
      </p>
      {lines.map((line) => (
        <p key={line.toString()}>{line()}</p>
      ))}
    </section>
  )
}

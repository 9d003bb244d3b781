import type { ReactNode } from 'react'

/** A table that a keyboard can scroll where it is too wide. */
export function Table(props: { name: string; columns: string[]; children: ReactNode }) {
  const { name, columns, children } = props
  return (
    <div className="scroll" role="region" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

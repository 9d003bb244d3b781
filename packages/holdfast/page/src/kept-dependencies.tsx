import type { KeptData } from '../../src/page-server.ts'
import { describeAge } from './describe.ts'
import { Table } from './table.tsx'
import { useNow } from './use-now.ts'

/** Those of server environments that runners have fetched; first those that a reload evaluates anew. */
export function KeptDependencies({ dependencies }: KeptData) {
  const now = useNow()
  if (!dependencies) return <p>They are evaluated anew at each reload: evaluateOnce is false.</p>
  if (dependencies.length === 0) return <p>No runner has fetched an optimized dependency yet.</p>
  const sorted = dependencies.toSorted(
    (a, b) => Number(a.notKept === undefined) - Number(b.notKept === undefined),
  )
  return (
    <Table
      name="Dependencies that are evaluated once"
      columns={['Dependency', 'Environment', 'Kept for', 'Why it is not kept']}
    >
      {sorted.map(({ dependency, environment, since, notKept }) => (
        <tr key={`${environment} ${dependency}`}>
          <th scope="row">
            <code>{dependency}</code>
          </th>
          <td>{environment}</td>
          <td className="number">{since ? describeAge(now - Number(new Date(since))) : '–'}</td>
          <td>{notKept}</td>
        </tr>
      ))}
    </Table>
  )
}

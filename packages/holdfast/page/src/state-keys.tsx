import type { StateData } from '../../src/page-server.ts'
import { describeAge } from './describe.ts'
import { Table } from './table.tsx'
import { useNow } from './use-now.ts'

export function StateKeys({ keys, hasValues }: StateData) {
  const now = useNow()
  if (!keys) return <p>There is no state plugin.</p>
  if (keys.length === 0) {
    return <p>No key has a value yet, or no environment that has one answers.</p>
  }
  return (
    <>
      {!hasValues && (
        <p>
          Values are not shown: <code>page: {'{ values: true }'}</code> shows them.
        </p>
      )}
      <Table
        name="Keys of the state"
        columns={[
          'Key',
          'Container',
          'Environments',
          'Type',
          'Age',
          'Definitions',
          ...(hasValues ? ['Value'] : []),
        ]}
      >
        {keys.map(({ container, defines, environments, key, since, type, value }) => (
          <tr key={`${environments.join()} ${container} ${key}`}>
            <th scope="row">
              <code>{key}</code>
            </th>
            <td>{container}</td>
            <td>{environments.join(', ')}</td>
            <td>
              <code>{type}</code>
            </td>
            <td className="number">{since === undefined ? 'unknown' : describeAge(now - since)}</td>
            <td className="number">{defines ?? 'only set'}</td>
            {hasValues && (
              <td>
                <code>{value}</code>
              </td>
            )}
          </tr>
        ))}
      </Table>
    </>
  )
}

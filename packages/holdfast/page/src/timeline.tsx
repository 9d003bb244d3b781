import type { Dependency, Entry } from '../../src/timeline.ts'
import { describeRequests, outcomes } from './describe.ts'
import { Table } from './table.tsx'

export function Timeline({ entries }: { entries: readonly Readonly<Entry>[] }) {
  if (entries.length === 0) {
    return <p>Nothing yet: every dependency so far was there from the start.</p>
  }
  return (
    <Table
      name="Timeline, the latest first"
      columns={[
        'Time',
        'Environment',
        'Dependencies',
        'Outcome',
        'Duration',
        'Requests',
        'Reloads',
        'State kept',
      ]}
    >
      {entries.toReversed().map((entry) => (
        <Row key={entry.id} entry={entry} />
      ))}
    </Table>
  )
}

function Row({ entry }: { entry: Readonly<Entry> }) {
  const { dependencies, duration, environment, outcome, reloads, requests, startedAt, stateKeys } =
    entry
  return (
    <tr data-outcome={outcome}>
      <td>
        <time dateTime={new Date(startedAt).toISOString()}>
          {new Date(startedAt).toLocaleTimeString()}
        </time>
      </td>
      <td>{environment}</td>
      <td>
        <ul>
          {dependencies.map((dependency) => (
            <li key={dependency.id}>
              <DependencyView {...dependency} />
            </li>
          ))}
        </ul>
      </td>
      <td>
        <span className="outcome">{outcomes[outcome]}</span>
      </td>
      <td className="number">{outcome === 'pending' ? '' : `${Math.round(duration)} ms`}</td>
      <td>{describeRequests(requests)}</td>
      <td>
        {reloads.length === 0 ? (
          'none'
        ) : (
          <ul>
            {reloads.map(({ environment: target, isAcknowledged }, index) => (
              <li key={index}>
                {target}: {isAcknowledged ? 'acknowledged' : 'not acknowledged'}
              </li>
            ))}
          </ul>
        )}
      </td>
      <td>{stateKeys === undefined ? '' : `${stateKeys} ${stateKeys === 1 ? 'key' : 'keys'}`}</td>
    </tr>
  )
}

function DependencyView({ id, importers, reason }: Dependency) {
  const [nearest, ...others] = importers
  return (
    <>
      <code>{id}</code>
      {nearest !== undefined && (
        <>
          {' ← '}
          <code>{nearest}</code>
        </>
      )}
      {others.length > 0 && (
        <details>
          <summary>by way of {others.length} more</summary>
          <ol>
            {others.map((importer) => (
              <li key={importer}>
                <code>{importer}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
      {reason !== undefined && <p className="reason">Not added: {reason}</p>}
    </>
  )
}

import { useRef, useState } from 'react'
import { Advice } from './advice.tsx'
import { outcomes } from './describe.ts'
import { KeptDependencies } from './kept-dependencies.tsx'
import { StateKeys } from './state-keys.tsx'
import { Timeline } from './timeline.tsx'
import { useServer } from './use-server.ts'
import type { Server } from './use-server.ts'

export function App() {
  const frame = useRef<HTMLIFrameElement>(null)
  const server = useServer(frame)
  const { timeline, state, kept, refresh } = server
  const [chosen, setChosen] = useState('')

  return (
    <>
      <header>
        <h1>Holdfast</h1>
        <p role="status">{describeStatus(server)}</p>
        <button type="button" onClick={refresh}>
          Refresh
        </button>
      </header>
      <main>
        <section aria-labelledby="timeline">
          <div className="heading">
            <h2 id="timeline">Timeline</h2>
            <label>
              Environment
              <select value={chosen} onChange={({ target }) => setChosen(target.value)}>
                <option value="">all</option>
                {timeline?.environments.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          </div>
          {timeline && (
            <Timeline
              entries={timeline.entries.filter(
                ({ environment }) => chosen === '' || environment === chosen,
              )}
            />
          )}
        </section>
        <section aria-labelledby="advice">
          <h2 id="advice">Advice</h2>
          {timeline && <Advice lines={timeline.advice} />}
        </section>
        <section aria-labelledby="state">
          <h2 id="state">State</h2>
          {state && <StateKeys {...state} />}
        </section>
        <section aria-labelledby="kept">
          <h2 id="kept">Dependencies evaluated once</h2>
          {kept && <KeptDependencies {...kept} />}
        </section>
      </main>
      {/* Vite's client would reload the page itself. */}
      <iframe ref={frame} src="live.html" title="Connection to the dev server" hidden />
    </>
  )
}

function describeStatus({ connection, error, timeline }: Server): string {
  if (error !== undefined) return `The server did not answer: ${error}`
  const last = timeline?.entries.at(-1)
  if (connection !== 'connected') return connections[connection]
  if (!last) return 'Live.'
  const what = last.dependencies.map(({ id }) => id).join(', ')
  return `Live. Last in ${last.environment}: ${what}, ${outcomes[last.outcome]}`
}

const connections: Record<Exclude<Server['connection'], 'connected'>, string> = {
  connecting: 'Not live yet: Refresh shows what is new.',
  disconnected: 'The connection is lost. This is what was known before.',
}

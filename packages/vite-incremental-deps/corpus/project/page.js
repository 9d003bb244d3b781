// oxlint-disable import/no-unassigned-import -- before any dependency
import './constant-random.js'
import './evaluations.js'
// oxlint-enable import/no-unassigned-import

// Whoever asks for it is told of its error.
await import('./first.js').catch(() => {})

// Vite adds `?import` to an import that it cannot read, which makes a second `first.js`.
// oxlint-disable-next-line typescript/no-implied-eval
const load = new Function('url', 'return import(url)')

// Everything the runner has evaluated, it evaluates here as well, on request.
import.meta.hot.on('corpus:call', async ({ call, url }) => {
  const answer = { call }
  try {
    const module = await load(url)
    answer.value = await module.default()
  } catch (error) {
    answer.error = String(error)
  }
  import.meta.hot.send('corpus:answer', answer)
})
import.meta.hot.send('corpus:ready')

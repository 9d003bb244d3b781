import type { Observation, Step } from './observation.ts'
import { fileOf, sourceOfIdentities, sourceOfStep } from './sources.ts'

/** An app on a dev server. */
export interface App {
  /** Writes a source file. */
  write: (name: string, code: string) => Promise<void>
  /** Imports a source file where the app runs, and calls its default export. */
  call: (name: string) => Promise<unknown>
  /** Resolves when the optimizer is idle. */
  idle: () => Promise<void>
}

export interface Question {
  early: string[]
  /** Dependencies to import, one after another. */
  ids: string[]
  /** The code of a module; the value that its default export returns is observed as well. */
  probe?: string
}

/** Imports early dependencies, then the others, and records what each import does. */
export async function observe(
  app: App,
  question: Question,
): Promise<Omit<Observation, 'fellBack'>> {
  const { ids, probe } = question
  const early = await lookAtEarly(app)
  const steps: Step[] = []
  const found = new Map<string, boolean>()
  for (const id of ids) {
    const step = await lookAt(app, id)
    steps.push(step)
    if (step.error === undefined) found.set(id, 'default' in step.exports)
  }
  if (early.error === undefined) for (const id of question.early) found.set(id, false)
  const same = (await importOf(app, 'same', sourceOfIdentities(found))) as Observation['same']
  const observation = { early, steps, same }
  if (probe === undefined) return observation
  return { ...observation, probe: await importOf(app, 'probe', probe).catch(messageOf) }
}

async function lookAtEarly(app: App): Promise<Step> {
  const step: Step = { id: 'early', evaluated: [], touched: [], exports: {} }
  try {
    await app.call('first.js')
  } catch (error) {
    step.error = messageOf(error)
  }
  await app.idle()
  step.evaluated = (await app.call('evaluations.js')) as string[]
  return step
}

async function lookAt(app: App, id: string): Promise<Step> {
  try {
    const step = (await importOf(app, id, sourceOfStep(id, false), '-names')) as Omit<Step, 'id'>
    await app.idle()
    if (!('*.default' in step.exports)) return { id, ...step }
    const more = (await importOf(app, id, sourceOfStep(id, true))) as Omit<Step, 'id'>
    const touched = [...step.touched, ...more.evaluated, ...more.touched]
    return { id, evaluated: step.evaluated, exports: more.exports, touched }
  } catch (error) {
    await app.idle()
    const evaluated = (await app.call('evaluations.js')) as string[]
    return { id, evaluated, touched: [], exports: {}, error: messageOf(error) }
  }
}

async function importOf(app: App, id: string, code: string, suffix?: string): Promise<unknown> {
  const name = fileOf(id, suffix)
  await app.write(name, code)
  return app.call(name)
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

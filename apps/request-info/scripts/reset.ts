import { undoEdits } from './edits.ts'
import { setSwitch, switchNames } from './switches.ts'

/** Puts the harness's sources back as they are committed, whatever was left half-done. */
export function reset(): void {
  undoEdits()
  for (const name of switchNames) setSwitch(name, false)
}

import type { InlineConfig, ResolvedConfig } from 'vite'
import { Timeline } from './timeline.ts'

/** A restart makes a new config, and new plugins, of the same inline config. */
const timelines = new WeakMap<InlineConfig, Timeline>()

/** The timeline of the dev server with this config, and of those that it was restarted from. */
export function timelineOf({ inlineConfig }: ResolvedConfig): Timeline {
  let timeline = timelines.get(inlineConfig)
  if (!timeline) timelines.set(inlineConfig, (timeline = new Timeline()))
  return timeline
}

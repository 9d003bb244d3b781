import type { Entry } from '../../src/timeline.ts'

export const outcomes: Record<Entry['outcome'], string> = {
  pending: 'in progress',
  added: 'added, no reload',
  optimized: 're-optimized, no reload',
  reloaded: 're-optimized, reloaded',
  failed: 'failed',
}

export function describeRequests({ held, longest, replayed, failed }: Entry['requests']): string {
  const parts = [
    ...(held > 0 ? [`${held} held, longest ${Math.round(longest)} ms`] : []),
    ...(replayed > 0 ? [`${replayed} replayed`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  return parts.join(', ') || 'none held'
}

/** How long `milliseconds` are, in one unit. */
export function describeAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** What a later edit replaces. */
export function late(_requests: number): string {
  return 'nothing yet'
}

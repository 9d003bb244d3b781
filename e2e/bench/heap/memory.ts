import { execFileSync } from 'node:child_process'

/** Bytes, by what the server's plugin says and what the system says of workerd. */
export interface Memory {
  /** On the heap of Vite's process, once its garbage is collected. */
  vite: number
  /** Resident in workerd, garbage and all: its inspector does not answer who has no DevTools. */
  workerd: number
}

export async function measureMemory(url: string): Promise<Memory> {
  const response = await fetch(`${url}/bench/memory.json`)
  const { pid, heapUsed } = (await response.json()) as { pid: number; heapUsed: number }
  const rows = execFileSync('ps', ['-o', 'rss=,comm=', '--ppid', String(pid)], { encoding: 'utf8' })
  const sizes = [...rows.matchAll(/(\d+)\s+workerd/g)].map(([, kilobytes]) => Number(kilobytes))
  return { vite: heapUsed, workerd: Math.max(...sizes) * 1024 }
}

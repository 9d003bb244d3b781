import { createRequire } from 'node:module'

/** The script of its command. */
export const playwright: string = createRequire(import.meta.url).resolve('@playwright/test/cli')

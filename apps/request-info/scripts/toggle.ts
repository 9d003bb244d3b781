import { toggle } from '@holdfast/app-common/toggle'
import { sources } from './sources.ts'

toggle(sources)

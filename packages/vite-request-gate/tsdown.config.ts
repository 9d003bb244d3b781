export { base as default } from '../../tsdown.base.ts'

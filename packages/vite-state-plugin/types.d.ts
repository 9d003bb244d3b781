/**
 * What `rwsdk/__state` exports:
 *
 *     /// <reference types="@holdfast/vite-state-plugin/types" />
 */
declare module 'rwsdk/__state' {
  export * from '@holdfast/state-runtime'
}

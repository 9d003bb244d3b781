/**
 * What `rwsdk/__state` exports, for those who have installed nothing but this package:
 *
 *     /// <reference types="holdfast/types" />
 */
/// <reference types="@holdfast/vite-state-plugin/types" />

/** Has the environments that `?of=` names reloaded. */
export const RELOAD_PATH = '/evaluate-once/reload'

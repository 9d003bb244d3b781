/** The name of this package and of its plugin, and how its lines in the terminal begin. */
export const PACKAGE_NAME = 'holdfast'

/** Where the page is, below the `base`. */
export const PAGE_PATH = '__holdfast'

/** The module that has the page hear from the server; `page/public/live.html` names it too. */
export const LIVE_ID = 'virtual:holdfast/page-live'

/** Sent by a page that is open. */
export const WATCH_EVENT = 'holdfast:watch'

/** Sent to pages that are open, without any data: they ask for it, and are checked then. */
export const CHANGED_EVENT = 'holdfast:changed'

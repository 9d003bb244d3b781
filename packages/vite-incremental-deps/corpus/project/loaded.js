/** The optimized files that the page has loaded, with their queries. */
export default () =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => /\/deps\w*\/[^/]+\.js(\?|$)/.test(name))

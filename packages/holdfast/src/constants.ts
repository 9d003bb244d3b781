/** The name of this package and of its plugin, and how its lines in the terminal begin. */
export const PACKAGE_NAME = 'holdfast'

/** Packages create random ids when they are evaluated: these must not differ between two servers. */
Math.random = () => 0.5

export default () => undefined

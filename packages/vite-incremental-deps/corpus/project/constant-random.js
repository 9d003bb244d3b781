/** What packages make up when they are evaluated is to be the same whenever that is. */
Math.random = () => 0.5

export default () => undefined

// Without types of their own.
declare module 'is-even' {
  export default function isEven(value: number): boolean
}
declare module 'is-number' {
  export default function isNumber(value: unknown): boolean
}
declare module 'is-odd' {
  export default function isOdd(value: number): boolean
}

/** Where code is added, and so the environment in which its dependencies are new. */
export type Target = 'server' | 'client' | 'action'

export interface LateDependency {
  id: string
  target: Target
  /** Adds the dependency to the module. */
  statement: string
  /** Uses it; in a component it may be a hook. */
  value: string
  /** What `value` gives. */
  result: string
}

/**
 * Dependencies that the harness does not have before, in the order in which they are added: CommonJS
 * and ES modules, further subpaths of packages in use, packages that use React.
 */
export const lateDependencies: readonly LateDependency[] = [
  {
    id: 'date-fns/addMonths',
    target: 'server',
    statement: "import { addMonths } from 'date-fns/addMonths'",
    value: 'addMonths(new Date(2020, 0, 15), 1).getMonth()',
    result: '1',
  },
  {
    id: 'is-number',
    target: 'client',
    statement: "import isNumber from 'is-number'",
    value: 'isNumber(1)',
    result: 'true',
  },
  {
    id: 'jose/jwt/decode',
    target: 'action',
    statement: "import { decodeJwt } from 'jose/jwt/decode'",
    value: "decodeJwt('e30.eyJzdWIiOiJtZSJ9.').sub",
    result: 'me',
  },
  {
    id: 'is-even',
    target: 'server',
    statement: "import isEven from 'is-even'",
    value: 'isEven(2)',
    result: 'true',
  },
  {
    id: 'react/compiler-runtime',
    target: 'client',
    statement: "import { c } from 'react/compiler-runtime'",
    value: 'c(3).length',
    result: '3',
  },
  {
    id: '@noble/hashes/hmac.js',
    target: 'action',
    statement:
      "import { hmac } from '@noble/hashes/hmac.js'\nimport { sha256 } from '@noble/hashes/sha2.js'",
    value: 'hmac(sha256, new Uint8Array(1), new Uint8Array(1)).length',
    result: '32',
  },
  {
    id: '@noble/hashes/sha3.js',
    target: 'server',
    statement: "import { sha3_256 } from '@noble/hashes/sha3.js'",
    value: 'sha3_256(new Uint8Array(1)).length',
    result: '32',
  },
  {
    id: 'date-fns/subDays',
    target: 'client',
    statement: "import { subDays } from 'date-fns/subDays'",
    value: 'subDays(new Date(2020, 0, 15), 1).getDate()',
    result: '14',
  },
  {
    id: 'jose/decode/protected_header',
    target: 'action',
    statement: "import { decodeProtectedHeader } from 'jose/decode/protected_header'",
    value: "decodeProtectedHeader('eyJhbGciOiJub25lIn0..').alg",
    result: 'none',
  },
  {
    id: 'is-odd',
    target: 'server',
    statement: "import isOdd from 'is-odd'",
    value: 'isOdd(2)',
    result: 'false',
  },
  {
    id: '@noble/hashes/blake2.js',
    target: 'client',
    statement: "import { blake2b } from '@noble/hashes/blake2.js'",
    value: 'blake2b(new Uint8Array(1)).length',
    result: '64',
  },
  {
    id: 'ms',
    target: 'action',
    statement: "import ms from 'ms'",
    value: "ms('2 days')",
    result: '172800000',
  },
  {
    id: 'create-react-class',
    target: 'client',
    statement: "import createReactClass from 'create-react-class'",
    value: 'typeof createReactClass({ render: () => null })',
    result: 'function',
  },
  {
    id: '@noble/hashes/pbkdf2.js',
    target: 'server',
    statement:
      "import { pbkdf2 } from '@noble/hashes/pbkdf2.js'\n" +
      "import { sha256 } from '@noble/hashes/sha2.js'",
    value: "pbkdf2(sha256, 'password', 'salt', { c: 1, dkLen: 16 }).length",
    result: '16',
  },
  {
    id: 'jose/jwt/unsecured',
    target: 'client',
    statement: "import { UnsecuredJWT } from 'jose/jwt/unsecured'",
    value: "UnsecuredJWT.decode(new UnsecuredJWT({ sub: 'us' }).encode()).payload.sub",
    result: 'us',
  },
]

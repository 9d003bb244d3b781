import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { isThisMachine } from './this-machine.ts'

const own = Object.values(networkInterfaces()).flatMap((all) => all!.map(({ address }) => address))

test.each(['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3', '[::ffff:127.0.0.1]', ...own])(
  '%s is this machine',
  (host) => expect(isThisMachine(host)).toBe(true),
)

test.each(['example.com', 'localhost.example.com', '192.0.2.1', '[2001:db8::1]', ''])(
  '%s is another',
  (host) => expect(isThisMachine(host)).toBe(false),
)

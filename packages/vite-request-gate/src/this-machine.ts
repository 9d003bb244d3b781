import { networkInterfaces } from 'node:os'

/** Whether a host name or address, with or without brackets, is of this machine. */
export function isThisMachine(host: string): boolean {
  // An IPv4 address may come as one of IPv6.
  const name = host.replaceAll(/^\[|\]$/g, '').replace(/^::ffff:(?=\d)/, '')
  if (/(?:^|\.)localhost$/i.test(name) || name.startsWith('127.')) return true
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === name),
  )
}

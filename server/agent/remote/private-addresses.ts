import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** IPv4 ranges that are not public: private, shared, loopback, link-local, reserved (RFC 6890, RFC 5771). */
const privateIPv4 = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  privateIPv4.addSubnet(network, bits, 'ipv4')

/** In IPv6 only global unicast is public, except ranges that embed IPv4 addresses, and documentation. */
const globalIPv6 = new BlockList()
globalIPv6.addSubnet('2000::', 3, 'ipv6')
const excludedIPv6 = new BlockList()
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  excludedIPv6.addSubnet(network, bits, 'ipv6')

/** Whether the server may send requests there without explicit permission. False for what is not an address. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !privateIPv4.check(address, 'ipv4')
  const [bare = ''] = address.split('%')
  return isIPv6(bare) && globalIPv6.check(bare, 'ipv6') && !excludedIPv6.check(bare, 'ipv6')
}

/** Whether an address is one of the open internet. Pure. */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registry for IPv4: nothing in these is a server that everybody could reach. */
const notPublic4: [network: string, bits: number][] = [
	['0.0.0.0', 8], // this host
	['10.0.0.0', 8], // private
	['100.64.0.0', 10], // behind a provider's NAT
	['127.0.0.0', 8], // loopback
	['169.254.0.0', 16], // link-local, and where clouds keep the keys of their machines
	['172.16.0.0', 12], // private
	['192.0.0.0', 24], // protocol assignments
	['192.0.2.0', 24], // documentation
	['192.88.99.0', 24], // 6to4 relays
	['192.168.0.0', 16], // private
	['198.18.0.0', 15], // benchmarks
	['198.51.100.0', 24], // documentation
	['203.0.113.0', 24], // documentation
	['224.0.0.0', 4], // multicast
	['240.0.0.0', 4] // reserved, and broadcast
];
/**
 * In IPv6 only 2000::/3 is given out at all, so what is outside it (loopback, link-local, unique local, multicast, mapped
 * and translated IPv4) needs no list; these are the parts of it that lead elsewhere.
 */
const notPublic6: [network: string, bits: number][] = [
	['2001::', 23], // protocol assignments, Teredo among them, which carries an IPv4 address
	['2001:db8::', 32], // documentation
	['2002::', 16], // 6to4: carries an IPv4 address
	['3fff::', 20] // documentation
];

const refused = new BlockList();
for (const [network, bits] of notPublic4) refused.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of notPublic6) refused.addSubnet(network, bits, 'ipv6');
const given = new BlockList();
given.addSubnet('2000::', 3, 'ipv6');

/** @param address as a resolver gives it: no brackets, no zone; anything else is not public */
export function isPublicAddress(address: string): boolean {
	const family = isIP(address);
	if (family === 4) return !refused.check(address, 'ipv4');
	return family === 6 && !address.includes('%') && given.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

import { expect, test } from 'vitest';
import { networkOf } from './network.ts';

test.for<[client: string, network: string]>([
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8:0:12::1', '2001:db8:0:12::/64'],
	['2001:0db8:0000:0012:ffff:ffff:ffff:ffff', '2001:db8:0:12::/64'],
	['2001:db8::5', '2001:db8:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['::1', '0:0:0:0::/64']
])('%s counts as %s', ([client, network]) => expect(networkOf(client)).toBe(network));

import { expect, test } from 'vitest';
import { clientAddressOf, networkOf } from './network.ts';

test.for<[client: string, network: string]>([
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8:0:12::1', '2001:db8:0:12::/64'],
	['2001:0db8:0000:0012:ffff:ffff:ffff:ffff', '2001:db8:0:12::/64'],
	['2001:db8::5', '2001:db8:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['::1', '0:0:0:0::/64']
])('%s counts as %s', ([client, network]) => expect(networkOf(client)).toBe(network));

test.for<
	[what: string, header: string | undefined, depth: number, headers: Record<string, string>, asker: string | null]
>([
	['whoever connects', undefined, 1, { 'x-forwarded-for': '192.0.2.1' }, '127.0.0.1'],
	['as the proxy says', 'X-Forwarded-For', 1, { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
	[
		'what the asker made up stands before it',
		'X-Forwarded-For',
		1,
		{ 'x-forwarded-for': '1.2.3.4, 192.0.2.1' },
		'192.0.2.1'
	],
	['behind two proxies', 'X-Forwarded-For', 2, { 'x-forwarded-for': '1.2.3.4, 192.0.2.1, 10.0.0.1' }, '192.0.2.1'],
	['past one of the proxies', 'X-Forwarded-For', 2, { 'x-forwarded-for': '192.0.2.1' }, null],
	['past the proxy', 'X-Forwarded-For', 1, {}, null],
	['by another header', 'CF-Connecting-IP', 1, { 'cf-connecting-ip': '192.0.2.1' }, '192.0.2.1'],
	['only by the header we were told of', 'X-Real-IP', 1, { 'cf-connecting-ip': '192.0.2.1' }, null]
])('who asks: %s', ([, ADDRESS_HEADER, XFF_DEPTH, headers, asker]) => {
	const request = { headers, socket: { remoteAddress: '127.0.0.1' } };
	expect(clientAddressOf(request, { ADDRESS_HEADER, XFF_DEPTH })).toBe(asker);
});

/** Who asks, as far as an address tells. Pure. */

/** What counts as one asker: an IPv4 address, or the /64 of an IPv6 one, since a household owns all of that. */
export function networkOf(clientAddress: string): string {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(clientAddress)?.[1];
	if (mapped) return mapped;
	if (!clientAddress.includes(':')) return clientAddress.slice(0, 64);
	const [head = '', tail] = clientAddress.split('%')[0]!.toLowerCase().split('::');
	const front = head.split(':').filter(Boolean);
	const back = tail?.split(':').filter(Boolean) ?? [];
	const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
	return `${groups
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':')}::/64`;
}

/**
 * Who asks, behind the proxies that we were told of: the framework's rule, for requests that it does not see.
 * @returns null when the header that should tell is not there, or shorter than it should be
 */
export function clientAddressOf(
	request: { headers: Record<string, string | string[] | undefined>; socket: { remoteAddress?: string | undefined } },
	{ ADDRESS_HEADER, XFF_DEPTH }: { ADDRESS_HEADER?: string | undefined; XFF_DEPTH: number }
): string | null {
	if (!ADDRESS_HEADER) return request.socket.remoteAddress ?? null;
	const said = request.headers[ADDRESS_HEADER.toLowerCase()];
	const text = typeof said === 'string' ? said : said?.join(',');
	if (!text) return null;
	if (ADDRESS_HEADER.toLowerCase() !== 'x-forwarded-for') return text;
	return text.split(',').at(-XFF_DEPTH)?.trim() || null;
}

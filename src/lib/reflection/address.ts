/** Where a link in a reflection may lead: the web or a mailbox, never script. */
const schemes = new Set(['http:', 'https:', 'mailto:']);

/** Longer addresses are tracking, not reading. */
const longest = 2000;

/** The address as it may stand in `href`, or null when it must not become a link. */
export function safeAddress(address: unknown): string | null {
	if (typeof address !== 'string' || address.length > longest) return null;
	const url = URL.parse(address);
	return url && schemes.has(url.protocol) ? url.href : null;
}

/** What a person typed into the link box: "example.org" and "me@example.org" are meant as addresses too. */
export function addressFromTyping(typed: string): string | null {
	const text = typed.trim();
	if (/\s/.test(text)) return null;
	if (/^[a-z][a-z\d+.-]*:(?!\d)/i.test(text)) return safeAddress(text);
	if (/^[^/@]+@[^/@]+\.[^/@]+$/.test(text)) return safeAddress(`mailto:${text}`);
	return /^[^/]+\.[^/]+/.test(text) ? safeAddress(`https://${text}`) : null;
}

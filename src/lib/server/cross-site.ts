/** Whether a request that changes something came from our own pages. Pure. */

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

export type Asked = {
	method: string;
	/** The Origin header; browsers send it with everything that is not a plain GET. */
	origin: string | null;
	/** The Sec-Fetch-Site header; all of today's browsers send it over https and to localhost. */
	fetchSite: string | null;
	/** The Host header, or what stands for it. */
	host: string | null;
};

/**
 * True when a foreign page made a browser ask for a change. A script sends neither header and brings no cookies that
 * it does not hold itself, so it is no danger and gets through. `ours` is the origin we were told; when we were told
 * none, the page must come from the host that was asked.
 */
export function isCrossSite({ method, origin, fetchSite, host }: Asked, ours: string | undefined): boolean {
	if (reading.has(method)) return false;
	// A page's own form says same-origin; `none` is the person's own hand (address bar, bookmark).
	if (fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
	if (origin === null) return false;
	if (ours) return origin !== ours;
	// The scheme is left out: behind a proxy that ends TLS we can't know it without being told ORIGIN.
	return host === null || URL.parse(origin)?.host !== host;
}

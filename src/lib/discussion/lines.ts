/**
 * Over HTTP/1.1 a browser has six lines to one server, for all its tabs together, and a stream keeps one for as long as it
 * lasts: seven open threads would leave none to load a page with. So the tabs of a browser share a few for streams.
 */

/** Half of them: the others are for pages and what people send. */
const most = 3;

/** Over HTTP/2 and 3 everything goes over one line, however much that is. */
const manyOnOne = () => {
	const [here] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
	return /^h[23]/.test(here?.nextHopProtocol ?? '');
};

/** @returns gives it back; null while the other tabs have them all. One that is closed gives its own back. */
export async function takeLine(): Promise<(() => void) | null> {
	if (!navigator.locks || manyOnOne()) return () => {};
	for (let n = 1; n <= most; n++) {
		const free = await new Promise<(() => void) | null>((resolve) => {
			navigator.locks
				.request(`wayfellow line ${n}`, { ifAvailable: true }, (lock) =>
					lock ? new Promise<void>((release) => resolve(release)) : resolve(null)
				)
				.catch(() => resolve(() => {}));
		});
		if (free) return free;
	}
	return null;
}

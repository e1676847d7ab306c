/** Said of every count: when it was so. Pure. */

/** "30 Nov 2026, 12:05 pm, Chicago time": when all numbers of a report were so. */
export function asOf(at: Date, zone: string): string {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: 'numeric',
		minute: '2-digit',
		hour12: true
	});
	const city = zone.split('/').at(-1)!.replaceAll('_', ' ');
	return `${format.format(at)}, ${zone === 'UTC' ? 'UTC' : `${city} time`}`;
}

/** "30 June 2028" for 2028-06-30: a day that is the same for everybody, wherever they are. */
export const dayInWords = (day: string): string =>
	new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** The number of a row as an address or a form says it; NaN, which no row has, for anything else. */
export const rowOf = (said: unknown): number =>
	typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : Number.NaN;

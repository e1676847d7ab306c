/** SQLSTATE of a database error, wherever drizzle put it; '' for a connection that broke. */
export function sqlStateOf(error: unknown): string {
	for (let e = error; e instanceof Error; e = e.cause)
		if ('code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) return e.code;
	return '';
}

/**
 * One line of JSON per event, for whoever runs the server. Never what a person wrote, never an address or a token:
 * messages of database errors quote the values of the query, so of an error only its name, code and place are kept.
 */
type Facts = Record<string, string | number | boolean | null | undefined>;

export function log(event: string, facts: Facts = {}): void {
	console.log(JSON.stringify({ at: new Date().toISOString(), event, ...facts }));
}

const codeOf = (error: unknown) =>
	typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;

/** What may be kept of an error: its kind, the database's or system's code, and where it happened. */
export function traceOf(error: unknown): Facts {
	if (!(error instanceof Error)) return { error: typeof error };
	const place = error.stack
		?.split('\n')
		.filter((line) => /^\s+at /.test(line))
		.slice(0, 8)
		.map((line) => line.trim())
		.join(' ');
	return { error: error.name, code: codeOf(error) ?? codeOf(error.cause), cause: (error.cause as Error)?.name, place };
}

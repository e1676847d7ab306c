/** SQLSTATE of a database error, wherever drizzle put it; '' for a connection that broke. */
export function sqlStateOf(error: unknown): string {
	for (let e = error; e instanceof Error; e = e.cause)
		if ('code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) return e.code;
	return '';
}

/** What the driver and the system say when there is nobody to ask. */
const gone = /Connection terminated|connection error|timeout exceeded when trying to connect|Query read timeout/;
const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH'];

/** Whether an error means that the database can't be reached now: it is away, restarting, or has no connection left. */
export function isAway(error: unknown): boolean {
	if (/^(08|57P|53300)/.test(sqlStateOf(error))) return true;
	for (let e = error; e instanceof Error; e = e.cause)
		if (('code' in e && unreachable.includes(String(e.code))) || gone.test(e.message)) return true;
	return false;
}

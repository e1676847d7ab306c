/**
 * How well the line to a server of ours is protected, read off its address before anybody speaks on it. Words, names and
 * passwords travel on it.
 */

/**
 * - `here`: it does not leave this machine
 * - `checked`: encrypted, and the other end has shown its certificate
 * - `unchecked`: encrypted to whoever answers
 * - `open`: plain, and somebody wrote down that it should be
 * - `unsaid`: nothing was written down
 */
export type Line = 'here' | 'checked' | 'unchecked' | 'open' | 'unsaid';

/** A name that leads back to this machine, or the folder of a unix socket. */
const isHere = (host: string) =>
	host === '' || host.startsWith('/') || /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

/**
 * The line to a Postgres server, as the pinned driver (pg 8.23 with pg-connection-string 2.14) takes its address:
 * `require`, `verify-ca` and `verify-full` all check the certificate and the name in it, `no-verify` checks nothing, and
 * an address that says nothing gets no encryption at all. With `uselibpqcompat=true` the modes mean what they mean to
 * PostgreSQL's own programs: `require` checks nothing, unless it has a root certificate. `prefer` is not taken for a
 * wish: to `pg_dump`, which reads the same address, it means "or else plain".
 * @param environment where the driver looks for what the address leaves out
 */
export function lineToPostgres(address: string, environment: Record<string, string | undefined> = {}): Line {
	// An address with a user and without a host is one to the driver, and none to the standard.
	const url = URL.parse(address) ?? URL.parse(address.replace('@/', '@localhost/'));
	if (!url) return 'unsaid';
	const say = (name: string) => url.searchParams.get(name) ?? undefined;
	const host = say('host') ?? (url.hostname || environment.PGHOST || '');
	if (isHere(decodeURIComponent(host))) return 'here';
	const mode = say('sslmode') ?? environment.PGSSLMODE;
	switch (mode) {
		case 'verify-full':
		case 'verify-ca':
			return 'checked';
		case 'require':
			return say('uselibpqcompat') === 'true' && !say('sslrootcert') ? 'unchecked' : 'checked';
		case 'no-verify':
			return 'unchecked';
		case 'disable':
			return 'open';
		default:
			return 'unsaid';
	}
}

/**
 * The same address as PostgreSQL's own programs take it, which stop at words that only the driver knows. Their `require`
 * encrypts and checks nothing; with `verify-full` in the address they check too.
 */
export function addressForPrograms(address: URL): URL {
	const theirs = new URL(address);
	theirs.searchParams.delete('uselibpqcompat');
	if (theirs.searchParams.get('sslmode') === 'no-verify') theirs.searchParams.set('sslmode', 'require');
	return theirs;
}

/** The line to a server whose address says by its scheme whether it is encrypted: Redis (`rediss:`) and mail (`smtps:`). */
export function lineByScheme(address: string): Line {
	const url = URL.parse(address);
	if (!url || isHere(url.hostname)) return 'here';
	// A mail server that must offer STARTTLS before anything is said.
	const encrypted = /^(rediss|smtps):$/.test(url.protocol) || url.searchParams.get('requireTLS') === 'true';
	return encrypted ? 'checked' : 'open';
}

/** What whoever runs the server should know about the lines that the settings name; nothing when all are protected. */
export function warningsOfLines(
	settings: { DATABASE_URL?: string; MIGRATION_DATABASE_URL?: string; REDIS_URL?: string; SMTP_URL?: string },
	environment: Record<string, string | undefined> = process.env
): string[] {
	const warnings: string[] = [];
	for (const name of ['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const) {
		const line = settings[name] === undefined ? 'here' : lineToPostgres(settings[name], environment);
		if (line === 'open')
			warnings.push(
				`${name} says sslmode=disable: names, words and the password travel in the open. Keep it to a network that nobody else can read.`
			);
		if (line === 'unchecked')
			warnings.push(
				`${name} encrypts the line and does not check who answers. Write sslmode=verify-full, with sslrootcert=FILE when the server’s authority is not a public one.`
			);
	}
	if (settings.REDIS_URL && lineByScheme(settings.REDIS_URL) === 'open')
		warnings.push(
			'REDIS_URL begins with redis://, so words travel to it in the open. Write rediss:// where the network is not yours alone.'
		);
	if (settings.SMTP_URL && lineByScheme(settings.SMTP_URL) === 'open')
		warnings.push(
			'SMTP_URL begins with smtp://, so sign-in mail is encrypted only if the mail server offers it. Write smtps://, or add ?requireTLS=true.'
		);
	return warnings;
}

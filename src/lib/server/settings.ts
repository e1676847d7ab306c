/**
 * Every setting the server reads from its environment, checked once at the start. The same file serves the app, the
 * socket and the scripts under plain Node, which is why it reads `process.env` and not the framework's modules.
 * `.env.example` names each variable with its default; `settings.test.ts` keeps the two in step.
 */
import { createECDH } from 'node:crypto';
import * as v from 'valibot';
import { lineToPostgres } from './line.ts';

const filled = (text: string | undefined) => (text === undefined || text.trim() === '' ? undefined : text.trim());

/** Where people have their school accounts, by the beginning of its settings' names, with its public address. */
export const providerIssuers = {
	GOOGLE: 'https://accounts.google.com',
	// Accounts of every organization and personal ones; a directory's own address lets in that one alone.
	MICROSOFT: 'https://login.microsoftonline.com/common/v2.0',
	CLEVER: 'https://clever.com',
	CLASSLINK: 'https://launchpad.classlink.com'
} as const;
type ProviderName = keyof typeof providerIssuers;

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Whether something that must not be read on the way may go to an address: by https, or without leaving this machine. */
export const isConfidential = ({ protocol, hostname }: URL) =>
	protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));

const credential = (name: string) =>
	v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,500}$/, `${name} must be without spaces, or be left empty.`)));
const issuer = <Name extends ProviderName>(name: Name) =>
	v.optional(
		v.pipe(
			v.string(),
			v.check((x) => {
				const url = URL.parse(x);
				return url !== null && isConfidential(url) && !url.search && !url.hash && !url.username;
			}, `${name}_ISSUER must be an https address, such as ${providerIssuers[name]}.`)
		),
		providerIssuers[name]
	);

const schema = v.object({
	/** `postgres://…`; unset means the embedded database in DATA_DIR. */
	DATABASE_URL: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^postgres(ql)?:\/\//, 'DATABASE_URL must begin with postgres:// or postgresql://, or be left empty.')
		)
	),
	/** Owner's connection for migrations, when DATABASE_URL logs in as the unprivileged `app_login`. */
	MIGRATION_DATABASE_URL: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^postgres(ql)?:\/\//, 'MIGRATION_DATABASE_URL must begin with postgres:// or postgresql://.')
		)
	),
	/** Carries news between several servers on one database; without it Postgres does. */
	REDIS_URL: v.optional(
		v.pipe(v.string(), v.regex(/^rediss?:\/\//, 'REDIS_URL must begin with redis:// or rediss://, or be left empty.'))
	),
	DATA_DIR: v.optional(v.string(), './data'),
	/** Public keys that backups are encrypted to, one or several; whether they are keys is looked at where they are used. */
	BACKUP_RECIPIENT: v.optional(v.string()),
	DEMO: v.optional(
		v.pipe(
			v.picklist(['0', '1'], 'DEMO must be 1 (list the demo cast on the sign-in page) or 0.'),
			v.transform((x) => x === '1')
		),
		'0'
	),
	/** Where people reach the server, e.g. https://wayfellow.example.org; links in mail are built from it. */
	ORIGIN: v.optional(
		v.pipe(
			v.string(),
			v.check((x) => {
				const url = URL.parse(x);
				return url !== null && /^https?:$/.test(url.protocol) && url.origin === x.replace(/\/$/, '');
			}, 'ORIGIN must be a scheme and a host without a path, such as https://wayfellow.example.org.'),
			v.transform((x) => x.replace(/\/$/, ''))
		)
	),
	HOST: v.optional(v.string(), '0.0.0.0'),
	PORT: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^\d{1,5}$/, 'PORT must be a number from 1 to 65535.'),
			v.transform(Number),
			v.minValue(1, 'PORT must be a number from 1 to 65535.'),
			v.maxValue(65535, 'PORT must be a number from 1 to 65535.')
		),
		'3000'
	),
	/** Header in which a proxy in front says who asks; read by the framework's server. Unset: whoever connects. */
	ADDRESS_HEADER: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[\w-]+$/, 'ADDRESS_HEADER must be the name of a header, such as X-Forwarded-For, or be left empty.')
		)
	),
	/** How many proxies of ours stand in front, where that header is X-Forwarded-For: earlier entries can be made up. */
	XFF_DEPTH: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[1-9]\d?$/, 'XFF_DEPTH must be the number of proxies in front, from 1 to 99.'),
			v.transform(Number)
		),
		'1'
	),
	/**
	 * After a backup was brought back: until then the browsers of a pair may bring back what either of the two had written
	 * since. Words wait in a browser for at most two weeks.
	 */
	RECOVER_UNTIL: v.optional(
		v.pipe(
			v.string(),
			v.check(
				(x) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(x) && !isNaN(Date.parse(x)),
				'RECOVER_UNTIL must be a moment such as 2026-12-01T18:00Z, or be left empty.'
			),
			v.transform((x) => new Date(x)),
			v.check(
				(until) => until.getTime() < Date.now() + 14 * 86_400_000,
				'RECOVER_UNTIL must be at most two weeks ahead: no browser keeps words longer.'
			)
		)
	),
	/** What Prometheus shows (`Authorization: Bearer …`) to read /metrics; unset: there is no such address. */
	METRICS_TOKEN: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[\x21-\x7e]{16,}$/, 'METRICS_TOKEN must be at least 16 characters without spaces, or be left empty.')
		)
	),
	/** What an identity provider calls us, and the secret it knows us by: with both, its button stands on the sign-in page. */
	GOOGLE_CLIENT_ID: credential('GOOGLE_CLIENT_ID'),
	GOOGLE_CLIENT_SECRET: credential('GOOGLE_CLIENT_SECRET'),
	/** Where it says how it is asked (`/.well-known/openid-configuration` below it); plain http only on this machine. */
	GOOGLE_ISSUER: issuer('GOOGLE'),
	MICROSOFT_CLIENT_ID: credential('MICROSOFT_CLIENT_ID'),
	MICROSOFT_CLIENT_SECRET: credential('MICROSOFT_CLIENT_SECRET'),
	MICROSOFT_ISSUER: issuer('MICROSOFT'),
	CLEVER_CLIENT_ID: credential('CLEVER_CLIENT_ID'),
	CLEVER_CLIENT_SECRET: credential('CLEVER_CLIENT_SECRET'),
	CLEVER_ISSUER: issuer('CLEVER'),
	CLASSLINK_CLIENT_ID: credential('CLASSLINK_CLIENT_ID'),
	CLASSLINK_CLIENT_SECRET: credential('CLASSLINK_CLIENT_SECRET'),
	CLASSLINK_ISSUER: issuer('CLASSLINK'),
	/**
	 * Hosts (`host` or `host:port`, commas between) that may be asked for a framework though they lie inside a network, and
	 * by plain http too: a district's own CASE server. All others must be of the open internet and speak https.
	 */
	FETCH_HOSTS: v.optional(
		v.pipe(
			v.string(),
			v.toLowerCase(),
			v.transform((x) => x.split(',').map((host) => host.trim())),
			v.array(
				v.pipe(
					v.string(),
					v.regex(
						/^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/,
						'FETCH_HOSTS must be hosts such as case.district.example or 10.0.0.5:8080 with commas between, or be left empty.'
					)
				)
			)
		)
	),
	/** Our key for notices of browsers (RFC 8292), both halves as `npm run push-keys` prints them, and whom their makers can ask. */
	VAPID_PUBLIC: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[\w-]{87}$/, 'VAPID_PUBLIC must be as `npm run push-keys` prints it, or be left empty.')
		)
	),
	VAPID_PRIVATE: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[\w-]{43}$/, 'VAPID_PRIVATE must be as `npm run push-keys` prints it, or be left empty.')
		)
	),
	VAPID_SUBJECT: v.optional(
		v.pipe(
			v.string(),
			v.regex(
				/^(mailto:\S+@\S+|https:\/\/\S+)$/,
				'VAPID_SUBJECT must begin with mailto: or https://, or be left empty.'
			)
		)
	),
	/** `smtp://user:password@host:587`; unset keeps mail in the outbox. */
	SMTP_URL: v.optional(
		v.pipe(v.string(), v.regex(/^smtps?:\/\//, 'SMTP_URL must begin with smtp:// or smtps://, or be left empty.'))
	),
	MAIL_FROM: v.optional(v.string(), 'Wayfellow <no-reply@localhost>'),
	/** What the mail server shows (`Authorization: Bearer …`) to say at /mail/bounces that a mail came back; unset: there is no such address. */
	BOUNCES_TOKEN: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^[\x21-\x7e]{16,}$/, 'BOUNCES_TOKEN must be at least 16 characters without spaces, or be left empty.')
		)
	)
});

/** Whether two settings are the halves of one key, as `npm run push-keys` prints them. */
export function isKeyPair(publicKey: string, privateKey: string): boolean {
	try {
		const own = createECDH('prime256v1');
		own.setPrivateKey(Buffer.from(privateKey, 'base64url'));
		return own.getPublicKey().equals(Buffer.from(publicKey, 'base64url'));
	} catch {
		return false;
	}
}

/** Half of a pair is a slip, and would only show when somebody wants to sign in. */
const whole = v.pipe(
	schema,
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const { VAPID_PUBLIC, VAPID_PRIVATE, VAPID_SUBJECT } = dataset.value;
		const vapid = [VAPID_PUBLIC, VAPID_PRIVATE, VAPID_SUBJECT].filter(Boolean).length;
		if (vapid !== 0 && vapid !== 3)
			addIssue({
				message: 'VAPID_PUBLIC, VAPID_PRIVATE and VAPID_SUBJECT belong together: set all three, or leave all empty.'
			});
		if (VAPID_PUBLIC && VAPID_PRIVATE && !isKeyPair(VAPID_PUBLIC, VAPID_PRIVATE))
			addIssue({
				message:
					'VAPID_PUBLIC and VAPID_PRIVATE are not the two halves of one key, so no browser could be told anything. Take both from one run of `npm run push-keys`.'
			});
		for (const name of Object.keys(providerIssuers) as ProviderName[]) {
			const [id, secret] = [`${name}_CLIENT_ID`, `${name}_CLIENT_SECRET`] as const;
			if (!dataset.value[id] !== !dataset.value[secret])
				addIssue({ message: `${id} and ${secret} belong together: set both, or leave both empty.` });
		}
	})
);

/** The names of all settings, for `.env.example`. */
export const settingNames = Object.keys(schema.entries);

export type Settings = v.InferOutput<typeof schema>;

/** Words must not cross a network in the open because a parameter was forgotten; whoever wants that writes it down. */
function unsaidLines(
	given: Record<string, string | undefined>,
	environment: Record<string, string | undefined>
): string[] {
	return (['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const)
		.filter(
			(name) => /^postgres(ql)?:/.test(given[name] ?? '') && lineToPostgres(given[name]!, environment) === 'unsaid'
		)
		.map(
			(name) =>
				`${name} leaves this machine and does not say whether the line is encrypted. Add ?sslmode=verify-full to it (and &sslrootcert=FILE when the server’s authority is not a public one), or ?sslmode=disable where nobody else can read that network.`
		);
}

/**
 * Reads and checks the settings.
 * @throws Error whose message lists every bad variable in a sentence of its own
 */
export function readSettings(environment: Record<string, string | undefined> = process.env): Settings {
	const given = Object.fromEntries(settingNames.map((name) => [name, filled(environment[name])] as const));
	const result = v.safeParse(whole, given);
	const wrong = [...(result.issues ?? []).map(({ message }) => message), ...unsaidLines(given, environment)];
	if (result.success && wrong.length === 0) return result.output;
	throw new Error(`Wayfellow can't start:\n${wrong.map((sentence) => `  ${sentence}`).join('\n')}`);
}

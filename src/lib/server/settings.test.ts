import { createECDH } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { isConfidential, readSettings, settingNames } from './settings.ts';

const example = parseEnv(readFileSync('.env.example', 'utf8'));

test('.env.example names every setting, and only settings', () => {
	expect(Object.keys(example).sort()).toEqual([...settingNames].sort());
});

test('.env.example gives the defaults', () => {
	expect(readSettings(example)).toEqual(readSettings({}));
	// A default that is written out, and not left empty, is the real one.
	for (const [name, value] of Object.entries(example).filter(([, text]) => text !== '')) {
		const { [name]: _left, ...rest } = example;
		expect(readSettings(rest), name).toEqual(readSettings({ [name]: value }));
	}
});

test('good values are taken as they are meant', () => {
	expect(
		readSettings({
			DEMO: '1',
			PORT: ' 8080 ',
			ORIGIN: 'https://wayfellow.example.org/',
			DATABASE_URL: 'postgres://a@b/c?sslmode=verify-full'
		})
	).toMatchObject({
		DEMO: true,
		PORT: 8080,
		ORIGIN: 'https://wayfellow.example.org',
		DATABASE_URL: 'postgres://a@b/c?sslmode=verify-full'
	});
});

test.for<[name: string, value: string, sentence: string]>([
	['DATABASE_URL', 'mysql://a/b', 'DATABASE_URL must begin with postgres:// or postgresql://, or be left empty.'],
	['MIGRATION_DATABASE_URL', 'localhost', 'MIGRATION_DATABASE_URL must begin with postgres:// or postgresql://.'],
	['DEMO', 'yes', 'DEMO must be 1 (list the demo cast on the sign-in page) or 0.'],
	[
		'ORIGIN',
		'wayfellow.example.org',
		'ORIGIN must be a scheme and a host without a path, such as https://wayfellow.example.org.'
	],
	[
		'ORIGIN',
		'https://a.example/path',
		'ORIGIN must be a scheme and a host without a path, such as https://wayfellow.example.org.'
	],
	['PORT', 'http', 'PORT must be a number from 1 to 65535.'],
	['PORT', '70000', 'PORT must be a number from 1 to 65535.'],
	['PORT', '0', 'PORT must be a number from 1 to 65535.'],
	[
		'ADDRESS_HEADER',
		'X Forwarded',
		'ADDRESS_HEADER must be the name of a header, such as X-Forwarded-For, or be left empty.'
	],
	[
		'FETCH_HOSTS',
		'https://case.example',
		'FETCH_HOSTS must be hosts such as case.district.example or 10.0.0.5:8080 with commas between, or be left empty.'
	],
	['XFF_DEPTH', '0', 'XFF_DEPTH must be the number of proxies in front, from 1 to 99.'],
	['RECOVER_UNTIL', 'soon', 'RECOVER_UNTIL must be a moment such as 2026-12-01T18:00Z, or be left empty.'],
	[
		'RECOVER_UNTIL',
		'2999-12-01T18:00Z',
		'RECOVER_UNTIL must be at most two weeks ahead: no browser keeps words longer.'
	],
	['METRICS_TOKEN', 'short', 'METRICS_TOKEN must be at least 16 characters without spaces, or be left empty.'],
	['GOOGLE_CLIENT_SECRET', 'two words', 'GOOGLE_CLIENT_SECRET must be without spaces, or be left empty.'],
	[
		'GOOGLE_CLIENT_ID',
		'our-id',
		'GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: set both, or leave both empty.'
	],
	[
		'CLASSLINK_CLIENT_SECRET',
		'our-secret',
		'CLASSLINK_CLIENT_ID and CLASSLINK_CLIENT_SECRET belong together: set both, or leave both empty.'
	],
	[
		'VAPID_SUBJECT',
		'mailto:post@w.example',
		'VAPID_PUBLIC, VAPID_PRIVATE and VAPID_SUBJECT belong together: set all three, or leave all empty.'
	],
	['CLEVER_ISSUER', 'http://clever.example', 'CLEVER_ISSUER must be an https address, such as https://clever.com.'],
	[
		'MICROSOFT_ISSUER',
		'login.microsoftonline.com',
		'MICROSOFT_ISSUER must be an https address, such as https://login.microsoftonline.com/common/v2.0.'
	],
	['SMTP_URL', 'mail.example.org', 'SMTP_URL must begin with smtp:// or smtps://, or be left empty.']
])('%s=%s stops the start', ([name, value, sentence]) => {
	expect(() => readSettings({ [name]: value })).toThrow(`Wayfellow can't start:\n  ${sentence}`);
});

test.for([
	['https://accounts.example.org', true],
	['http://localhost:4000', true],
	['http://127.0.0.1:4000/tenant', true],
	['http://[::1]:4000', true],
	['http://accounts.example.org', false],
	['http://127.0.0.1.example.org', false],
	['ftp://localhost', false]
] as const)('a secret may travel to %s: %s', ([address, may]) => {
	expect(isConfidential(new URL(address))).toBe(may);
});

test.for(['DATABASE_URL', 'MIGRATION_DATABASE_URL'])(
	'%s over a network without a word about TLS stops the start, and the sentence names both ways out',
	(name) => {
		const read = (value: string, more = {}) => readSettings({ [name]: value, ...more });
		const refused = new RegExp(
			`^Wayfellow can't start:\\n  ${name} leaves this machine .*\\?sslmode=verify-full .*\\?sslmode=disable .*\\.$`
		);
		expect(() => read('postgres://u:secret@db.example.org/x')).toThrow(refused);
		expect(() => read('postgres://u:secret@db.example.org/x')).not.toThrow(/secret/);
		expect(() => read('postgres://u@db.example.org/x?sslmode=prefer')).toThrow(refused);
		expect(read('postgres://u@db.example.org/x?sslmode=verify-full')).toHaveProperty(name);
		expect(read('postgres://u@db.example.org/x?sslmode=disable')).toHaveProperty(name);
		expect(read('postgres://u@db.example.org/x', { PGSSLMODE: 'require' })).toHaveProperty(name);
		expect(read('postgres://u@localhost/x')).toHaveProperty(name);
	}
);

test('two bad values are both named', () => {
	expect(() => readSettings({ PORT: 'x', DEMO: 'x' })).toThrow(/DEMO must be[\s\S]*PORT must be/);
});

test('two halves of different keys are refused at the start, before any browser is asked with one', () => {
	const make = () => {
		const key = createECDH('prime256v1');
		key.generateKeys();
		return {
			VAPID_PUBLIC: key.getPublicKey('base64url'),
			VAPID_PRIVATE: Buffer.from(key.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
			VAPID_SUBJECT: 'mailto:post@w.example'
		};
	};
	const [one, other] = [make(), make()];
	expect(readSettings(one)).toMatchObject(one);
	const refused = /VAPID_PUBLIC and VAPID_PRIVATE are not the two halves of one key/;
	expect(() => readSettings({ ...one, VAPID_PUBLIC: other.VAPID_PUBLIC })).toThrow(refused);
	expect(() => readSettings({ ...one, VAPID_PRIVATE: '0'.repeat(43) })).toThrow(refused);
	// No number below the order of the curve.
	expect(() => readSettings({ ...one, VAPID_PRIVATE: `${'_'.repeat(42)}8` })).toThrow(refused);
});

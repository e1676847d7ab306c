import { describe, expect, test } from 'vitest';
import { readSettings } from '#lib/server/settings.ts';
import { accountOf, type Claims, describes, isReason, nameOfProvider, offeredProviders, reasons } from './provider.ts';

const tid = '11111111-1111-4111-8111-111111111111';
const other = '33333333-3333-4333-8333-333333333333';
const google = 'https://accounts.google.com';
const pattern = 'https://login.microsoftonline.com/{tenantid}/v2.0';
const tenant = `https://login.microsoftonline.com/${tid}/v2.0`;

describe('a provider is offered', () => {
	const keys = (environment: Record<string, string>) =>
		offeredProviders(readSettings(environment)).map(({ key }) => key);

	test('when its id and its secret are set, and not otherwise', () => {
		expect(keys({})).toEqual([]);
		expect(keys({ CLEVER_CLIENT_ID: 'a', CLEVER_CLIENT_SECRET: 'b' })).toEqual(['clever']);
		const all = ['GOOGLE', 'MICROSOFT', 'CLEVER', 'CLASSLINK'].flatMap((name) => [
			[`${name}_CLIENT_ID`, 'a'],
			[`${name}_CLIENT_SECRET`, 'b']
		]);
		expect(keys(Object.fromEntries(all))).toEqual(['google', 'microsoft', 'clever', 'classlink']);
	});
	test('at its public address, or where the setting says', () => {
		const set = { GOOGLE_CLIENT_ID: 'a', GOOGLE_CLIENT_SECRET: 'b' };
		const issuer = (more = {}) => offeredProviders(readSettings({ ...set, ...more }))[0]!.issuer;
		expect(issuer()).toBe(google);
		expect(issuer({ GOOGLE_ISSUER: 'http://127.0.0.1:4000' })).toBe('http://127.0.0.1:4000');
	});
	test('under a name, also of rows that are older than the list', () => {
		expect(nameOfProvider('classlink')).toBe('ClassLink');
		expect(nameOfProvider('gone')).toBe('gone');
	});
});

const microsoft = { issuer: 'https://login.microsoftonline.com/common/v2.0', hasTenants: true };
test.for<[asked: Parameters<typeof describes>[0], issuer: string, may: boolean]>([
	[{ issuer: google, hasTenants: false }, google, true],
	[{ issuer: `${google}/`, hasTenants: false }, google, true],
	[{ issuer: google, hasTenants: false }, 'https://accounts.example.com', false],
	[{ issuer: google, hasTenants: false }, `${google}/{tenantid}`, false],
	[microsoft, pattern, true],
	[{ issuer: tenant, hasTenants: true }, tenant, true],
	[microsoft, tenant, false], // one directory does not speak for all of them
	[microsoft, 'https://elsewhere.example/{tenantid}/v2.0', false],
	[microsoft, 'https://login.microsoftonline.com/{tenantid}/{tenantid}', false],
	[microsoft, 'https://{tenantid}/v2.0', false],
	[microsoft, 'not an address', false]
])('asked at %o, a description of %s counts: %s', ([asked, issuer, may]) => expect(describes(asked, issuer)).toBe(may));

const claims = (more: Partial<Claims> = {}): Claims => ({ iss: google, sub: '110000000000000000001', ...more });
const ofTenant = (more: Partial<Claims> = {}) => claims({ iss: tenant, sub: 'pairwise-sub', tid, ...more });

test.for<[what: string, claims: Claims, described: string, key: [string, string] | null]>([
	['of Google', claims(), google, [google, '110000000000000000001']],
	['of another issuer', claims({ iss: 'https://accounts.example.com' }), google, null],
	['without a subject', claims({ sub: '' }), google, null],
	['with an endless subject', claims({ sub: 'x'.repeat(301) }), google, null],
	['of a directory', ofTenant(), pattern, [tenant, 'pairwise-sub']],
	['of a directory that names another', ofTenant({ tid: other }), pattern, null],
	['of a directory, without its id', ofTenant({ tid: undefined }), pattern, null],
	['whose directory is no id', ofTenant({ tid: 'x', iss: pattern.replace('{tenantid}', 'x') }), pattern, null],
	['of the pattern itself', ofTenant({ tid: '{tenantid}', iss: pattern }), pattern, null]
])('a token %s', ([, said, described, key]) => {
	const account = accountOf(said, described);
	expect(account && [account.issuer, account.subject]).toEqual(key);
});

test('an address is only a label, and two of the same say nothing of each other', () => {
	const email = 'novice-001@district.example';
	const here = accountOf(claims({ email, sub: '1' }), google)!;
	const there = accountOf(ofTenant({ email, sub: '1' }), pattern)!;
	expect([here.label, there.label]).toEqual([email, email]);
	expect(here.issuer).not.toBe(there.issuer);
});

test.for<[said: Partial<Claims>, label: string | null]>([
	[{}, null],
	[{ email: '   ' }, null],
	[{ email: 7 }, null],
	[{ email: { first: 'A' } }, null],
	[{ email: ' a@b.example ' }, 'a@b.example'],
	[{ email: 'a@b.example', preferred_username: 'novice@district.example' }, 'novice@district.example'],
	[{ email: 'a\u202ereversed\u0000@b.example' }, 'areversed@b.example'],
	[{ email: 'x'.repeat(1000) }, 'x'.repeat(254)]
])('%o is shown as %s', ([said, label]) => expect(accountOf(claims(said), google)?.label).toBe(label));

test('every reason is a whole sentence that names the provider, and nothing else is one', () => {
	for (const [reason, sentence] of Object.entries(reasons)) {
		expect(isReason(reason)).toBe(true);
		expect(sentence('Google')).toMatch(/^(?=.*Google)[A-Z].*\.$/);
	}
	for (const text of [null, '', 'toString', '__proto__', 'UNKNOWN']) expect(isReason(text)).toBe(false);
});

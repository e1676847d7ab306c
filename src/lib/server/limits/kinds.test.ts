import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { costlyDoors, countsAs, isNear, limits, sentenceOf, type Asked } from './kinds.ts';

const asked = (rest: Partial<Asked>): Asked => ({ method: 'GET', path: '/', route: '/', signedIn: false, ...rest });

describe('what a request counts as', () => {
	test.for<[what: string, asked: Partial<Asked>, counts: string[]]>([
		['a stranger who reads', {}, []],
		['a stranger who reads the sign-in page', { path: '/sign-in' }, []],
		['a person who reads', { signedIn: true }, ['person']],
		['a person who reads their pair', { signedIn: true, method: 'HEAD' }, ['person']],
		['a person who sends a form', { signedIn: true, method: 'POST', path: '/pairs/1' }, ['person', 'changes']],
		['a stranger who sends anything anywhere', { method: 'POST', path: '/nowhere' }, ['knocks']],
		['a stranger who deletes', { method: 'DELETE', path: '/pairs/1' }, ['knocks']],
		['a stranger with a code', { method: 'POST', path: '/sign-in/code' }, ['knocks']],
		[
			'somebody signed in who tries codes',
			{ signedIn: true, method: 'POST', path: '/sign-in/code' },
			['person', 'changes', 'knocks']
		],
		['whoever follows a feed of meetings', { route: '/calendar/[feed]' }, ['feeds']],
		['whoever fetches a framework', { route: '/ims/case/v1p1/CFPackages/[id]' }, ['packages']],
		[
			'somebody signed in who does',
			{ signedIn: true, route: '/ims/case/v1p1/CFPackages/[id]' },
			['person', 'packages']
		],
		['whoever reads the list of them', { route: '/ims/case/v1p1/CFDocuments' }, []],
		[
			'a neighbour of the sign-in page by name',
			{ signedIn: true, method: 'POST', path: '/sign-inn' },
			['person', 'changes']
		]
	])('%s', ([, rest, counts]) => expect(countsAs(asked(rest))).toEqual(counts));

	test('a costly door counts for who is signed in', () => {
		for (const door of costlyDoors) {
			const [method, route] = door.split(' ') as [string, string];
			expect(countsAs(asked({ method, route, signedIn: true }))).toContain('costly');
			expect(countsAs(asked({ method, route }))).not.toContain('costly');
			expect(countsAs(asked({ method: 'OPTIONS', route, signedIn: true }))).not.toContain('costly');
		}
	});
});

test('every costly door is there', () => {
	const root = join(import.meta.dirname, '../../../routes');
	const routes = globSync('**/+{page,server}*', { cwd: root }).map((path) => {
		const folder = path.replace(/\/?[^/]*$/, '');
		return folder === '' ? '/' : `/${folder}`;
	});
	for (const door of costlyDoors) expect(routes).toContain(door.split(' ')[1]);
});

test('a school of 800 behind one address is not shut out on its morning', () => {
	// All of them open three pages within one minute, and come back to two live tabs after a restart within two.
	expect(limits.network.points).toBeGreaterThan(800 * 3);
	expect(limits.upgrades.points * 2).toBeGreaterThan(800 * 2);
	// Each asks for a mail, mistypes the code once, and gets in.
	expect(limits.knocks.points).toBeGreaterThanOrEqual(800);
});

test('what is told has an end', () => {
	expect(sentenceOf('knocks', 20)).toMatch(/Please try again in a minute\.$/);
	expect(sentenceOf('knocks', 61)).toMatch(/Please try again in 2 minutes\.$/);
});

test('limits on guessing are counted by all servers together', () => {
	for (const name of ['knocks', 'costly'] as const) expect(limits[name].kept).toBe('shared');
	// And a page writes nothing anywhere.
	for (const name of ['network', 'person', 'changes', 'upgrades'] as const) expect(limits[name].kept).toBe('here');
});

test.for<[address: string, near: boolean]>([
	['127.0.0.1', true],
	['::1', true],
	['::ffff:10.1.2.3', true],
	['172.16.0.1', true],
	['172.32.0.1', false],
	['192.168.1.9', true],
	['fd00:1::2', true],
	['fe80::1', true],
	['192.0.2.7', false],
	['2001:db8::1', false],
	['110.0.0.1', false]
])('whether %s is near: %s', ([address, near]) => expect(isNear(address)).toBe(near));

test('every limit says why it is as large as it is', () => {
	const text = readFileSync(join(import.meta.dirname, 'kinds.ts'), 'utf8');
	for (const name of Object.keys(limits)) expect(text).toMatch(new RegExp(`\\*/\\s*${name}: \\{`));
});

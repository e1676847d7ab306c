/** The tables of cases have a line for everybody in every state: what nobody wrote down, nobody has thought about. */
import { expect, test } from 'vitest';
import { cases as checkInCases } from '#lib/checkin/policy.cases.ts';
import { cases as mailboxes } from '#lib/identity/policy.cases.ts';
import { cases as pairCases } from '#lib/pairing/policy.cases.ts';
import { cases as reflectionCases } from '#lib/reflection/policy.cases.ts';

const states = [
	['proposed', null],
	['accepted', null],
	['active', null],
	['paused', null],
	['ended', 'completed'],
	['ended', 'rematched'],
	['ended', 'withdrawn']
] as const;
const standings = ['teacher', 'mentor', 'coach', 'manager', 'stranger'] as const;
const everybodyInEveryState = states.flatMap(([status, endedAs]) =>
	standings.map((who) => `${who} of a pair ${endedAs ?? status}`)
);

test('of pairs', () => {
	const said = pairCases.map(([status, endedAs, who]) => `${who} of a pair ${endedAs ?? status}`);
	expect(said.sort()).toEqual([...everybodyInEveryState].sort());
});

test('of check-ins', () => {
	const said = checkInCases.map(([status, endedAs, who]) => `${who} of a pair ${endedAs ?? status}`);
	expect(said.sort()).toEqual([...everybodyInEveryState].sort());
});

test('of reflections, those that are shared and those that the teacher keeps', () => {
	const said = reflectionCases.map(([status, endedAs, who, is]) => `${who} of a pair ${endedAs ?? status}, ${is}`);
	const all = everybodyInEveryState.flatMap((who) => [`${who}, shared`, `${who}, alone`]);
	expect(said.sort()).toEqual(all.sort());
});

test('of mailboxes', () => {
	const all = ['school', 'personal'].flatMap((kind) =>
		[true, false].flatMap((verified) => [true, false].map((active) => [kind, verified, active].join()))
	);
	expect(mailboxes.map(([kind, verified, active]) => [kind, verified, active].join()).sort()).toEqual(all.sort());
});

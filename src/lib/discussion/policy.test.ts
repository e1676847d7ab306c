import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import {
	mayAppointModerators,
	mayEdit,
	mayMarkHelped,
	mayModerate,
	mayPost,
	mayTakeBack,
	readsThreads,
	readsWords,
	type Standing
} from './policy.ts';

test.for(cases)('to a %s (own post: %s, removed: %s, locked: %s) belongs %o', ([who, own, removed, locked, can]) => {
	const of = { own, removed, locked };
	expect({
		read: readsWords(who, of),
		post: mayPost(who, of),
		edit: mayEdit(who, of),
		takeBack: mayTakeBack(who, of)
	}).toEqual(can);
});

test.for<[Standing, reads: boolean, moderates: boolean, helped: boolean, appoints: boolean]>([
	['moderator', true, true, true, false],
	['member', true, false, false, false],
	['manager', false, false, false, true],
	['stranger', false, false, false, false]
])('a %s reads: %s, moderates: %s, says what helped somebody else: %s, appoints: %s', ([who, ...can]) => {
	expect([readsThreads(who), mayModerate(who), mayMarkHelped(who, false), mayAppointModerators(who)]).toEqual(can);
});

test('whoever asked says what helped, while they are in the cohort', () => {
	expect([mayMarkHelped('member', true), mayMarkHelped('stranger', true)]).toEqual([true, false]);
});

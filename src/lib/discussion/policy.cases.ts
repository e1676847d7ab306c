/** The table that `policy.test.ts` (the functions) and `row-policies.server.test.ts` (the database) both walk through. */
import type { Standing } from './policy.ts';

type Can = { read: boolean; post: boolean; edit: boolean; takeBack: boolean };
type Case = [who: Standing, own: boolean, removed: boolean, locked: boolean, can: Can];

const nothing: Can = { read: false, post: false, edit: false, takeBack: false };

/** Of a post: reading its words, answering beside it, changing its words, taking it back. */
export const cases: Case[] = [
	['member', false, false, false, { read: true, post: true, edit: false, takeBack: false }],
	['member', false, false, true, { read: true, post: false, edit: false, takeBack: false }],
	['member', false, true, false, { read: false, post: true, edit: false, takeBack: false }],
	['member', true, false, false, { read: true, post: true, edit: true, takeBack: true }],
	['member', true, false, true, { read: true, post: false, edit: false, takeBack: true }],
	['member', true, true, false, { read: true, post: true, edit: false, takeBack: true }],
	['moderator', false, false, false, { read: true, post: true, edit: false, takeBack: false }],
	['moderator', false, true, false, { read: true, post: true, edit: false, takeBack: false }],
	['moderator', true, false, false, { read: true, post: true, edit: true, takeBack: true }],
	['manager', false, false, false, nothing],
	['manager', false, true, false, nothing],
	['stranger', false, false, false, nothing],
	// Somebody who has moved on: their own words, and nothing else.
	['stranger', true, false, false, { ...nothing, read: true }],
	['stranger', true, true, false, { ...nothing, read: true }]
];

import { describe, expect, test } from 'vitest';
import { type Chosen, heard, usual } from './nearest.ts';

const nothing: Chosen = { thread: null, competency: null, cohort: null };
const teacher = { part: 'teacher', takesPart: false };
const inside = { part: 'teacher', takesPart: true };
const mentor = { part: 'mentor', takesPart: false };

describe('what somebody hears of a thread', () => {
	test.for<[chosen: Partial<Chosen>, who: typeof teacher, heard: ReturnType<typeof heard>]>([
		[{}, teacher, { level: 'follow', from: 'usual' }],
		[{}, { part: 'moderator', takesPart: false }, { level: 'follow', from: 'usual' }],
		[{}, mentor, { level: 'nothing', from: 'usual' }],
		[{}, { part: 'coach', takesPart: false }, { level: 'nothing', from: 'usual' }],
		[{}, inside, { level: 'watch', from: 'taking part' }],
		[{}, { part: 'mentor', takesPart: true }, { level: 'watch', from: 'taking part' }],
		[{ cohort: 'follow' }, mentor, { level: 'follow', from: 'cohort' }],
		[{ cohort: 'watch' }, teacher, { level: 'watch', from: 'cohort' }],
		[{ cohort: 'watch', competency: 'mute' }, teacher, { level: 'mute', from: 'competency' }],
		[{ cohort: 'mute', competency: 'follow' }, teacher, { level: 'follow', from: 'competency' }],
		[{ cohort: 'mute', competency: 'mute', thread: 'watch' }, teacher, { level: 'watch', from: 'thread' }],
		[{ thread: 'mute' }, inside, { level: 'mute', from: 'thread' }],
		[{ thread: 'follow' }, inside, { level: 'follow', from: 'thread' }],
		[{ cohort: 'follow' }, inside, { level: 'watch', from: 'taking part' }],
		[{ cohort: 'mute' }, inside, { level: 'mute', from: 'cohort' }],
		[{ cohort: 'mute', competency: 'watch' }, inside, { level: 'watch', from: 'taking part' }],
		[{ cohort: 'watch', competency: 'mute' }, inside, { level: 'mute', from: 'competency' }]
	])('%j of %j is %j', ([chosen, who, level]) => {
		expect(heard({ ...nothing, ...chosen }, who)).toEqual(level);
	});
	test('whoever comes along with a pair hears nothing unless they choose', () => {
		expect(['teacher', 'mentor', 'coach', 'moderator'].map(usual)).toEqual(['follow', 'nothing', 'nothing', 'follow']);
	});
});

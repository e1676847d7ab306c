import { describe, expect, test } from 'vitest';
import { judge, type Known, stateOf, type Verdict } from './invitation.ts';
import { invitationMail, proofMail } from './invitation-mail.ts';
import type { Role } from './roles.ts';
import { readRoster } from './roster.ts';

const now = new Date('2026-11-29T18:00:00Z');
const days = (n: number) => new Date(now.getTime() + n * 86_400_000);

test.for<[accepted: number | null, withdrawn: number | null, expires: number, state: string]>([
	[null, null, 7, 'open'],
	[null, null, 0, 'expired'],
	[null, null, -1, 'expired'],
	[-1, null, 6, 'accepted'],
	[-3, null, -1, 'accepted'],
	[null, -1, 6, 'withdrawn'],
	[null, -3, -1, 'withdrawn']
])('accepted %s, withdrawn %s, expires %s days from now: %s', ([accepted, withdrawn, expires, state]) => {
	const row = {
		acceptedAt: accepted === null ? null : days(accepted),
		withdrawnAt: withdrawn === null ? null : days(withdrawn),
		expiresAt: days(expires)
	};
	expect(stateOf(row, now)).toBe(state);
});

describe('what becomes of a line', () => {
	const known: Known = {
		cohorts: [
			{ id: 'a', name: 'Cohort A' },
			{ id: 'b', name: 'Cohort B' },
			{ id: 'c', name: 'Twins' },
			{ id: 'd', name: 'twins' }
		],
		here: [
			{ address: 'here@x.example', role: 'teacher', cohortId: 'a' },
			{ address: 'mentor@x.example', role: 'mentor', cohortId: null }
		],
		open: [{ address: 'open@x.example', role: 'teacher', cohortId: null, createdAt: new Date('2026-11-28T03:00:00Z') }],
		timeZone: 'America/Chicago'
	};
	const unsaid = { role: 'teacher' as Role, cohortId: null as string | null };
	const of = (text: string, from = unsaid) => judge(readRoster(`email,role,cohort\n${text}`), from, known, now);

	test.for<[line: string, kind: Verdict['kind'], words: RegExp]>([
		['new@x.example', 'invite', /^Will be invited as a teacher$/],
		['new@x.example,mentor', 'invite', /^Will be invited as a mentor$/],
		['new@x.example,Mentors', 'invite', /^Will be invited as a mentor$/],
		['new@x.example,ASSESSOR', 'invite', /^Will be invited as an assessor$/],
		['new@x.example,,cohort a', 'invite', /^Will be invited as a teacher in Cohort A$/],
		// A manager and an assessor are of the whole program.
		['new@x.example,manager,Cohort A', 'invite', /^Will be invited as a manager$/],
		['new@x.example,student', 'no-role', /“student” is no role here/],
		['new@x.example,administrator', 'no-role', /no role here/],
		['new@x.example,,Elsewhere', 'no-cohort', /“Elsewhere” is no cohort of this program/],
		['new@x.example,,Twins', 'no-cohort', /Two cohorts are called/],
		['new at x', 'no-address', /“new at x” can’t be an e-mail address/],
		[',teacher', 'no-address', /no e-mail address/],
		['here@x.example,,Cohort A', 'here', /^Already here as a teacher in Cohort A$/],
		['HERE@x.example', 'here', /^Already here as a teacher$/],
		['here@x.example,mentor', 'invite', /as a mentor/],
		['here@x.example,,Cohort B', 'invite', /in Cohort B/],
		['mentor@x.example,mentor,Cohort A', 'invite', /in Cohort A/],
		// The 27th in Chicago, though London already wrote the 28th.
		['open@x.example', 'invited', /^Already invited on 27 Nov, and that still stands$/],
		['open@x.example,coach', 'invite', /as a coach/]
	])('%s: %s', ([line, kind, words]) => {
		const [judged] = of(line);
		expect(judged!.verdict).toEqual({ kind, words: expect.stringMatching(words) });
		expect(judged!.wish !== null).toBe(kind === 'invite');
	});

	test('the same person to the same role a second time is left out, to another is not', () => {
		const verdicts = of('a@x.example\nA@x.example\na@x.example,coach').map(({ verdict }) => verdict);
		expect(verdicts.map(({ kind }) => kind)).toEqual(['invite', 'twice', 'invite']);
		expect(verdicts[1]!.words).toBe('Twice in this list: as in line 2');
	});

	test('a line that names no role and no cohort gets those chosen for all', () => {
		const [one, two] = of('a@x.example\nb@x.example,teacher,Cohort B', { role: 'mentor', cohortId: 'a' });
		expect([one!.wish, two!.wish]).toMatchObject([
			{ role: 'mentor', cohortId: 'a' },
			{ role: 'teacher', cohortId: 'b' }
		]);
	});

	test('somebody marked for deletion is left out', () => {
		const [judged] = judge(readRoster('email,status\na@x.example,tobedeleted'), unsaid, known, now);
		expect(judged).toMatchObject({ verdict: { kind: 'leaving' }, wish: null });
	});
});

describe('the mail', () => {
	const invited = {
		address: 'kim@x.example',
		name: 'Kim <b>Lee</b>',
		role: 'assessor' as Role,
		program: 'Tennessee & more',
		cohort: null,
		inviter: 'Pat\nBcc: all@x.example',
		until: 'Sunday 6 December 2026 at 12:00 pm CST'
	};
	const link = 'https://here.example/invitation?token=abc';
	const mail = invitationMail(invited, link);

	test('says who invites to what, until when, and that it may be left alone', () => {
		expect(mail.toAddress).toBe('kim@x.example');
		for (const part of ['as an assessor', 'Tennessee & more', invited.until, link, 'leave this mail alone'])
			expect(mail.bodyText).toContain(part);
	});
	test('has one line of subject, and no markup of others', () => {
		expect(mail.subject).not.toMatch(/[\r\n]/);
		expect(mail.bodyHtml).not.toContain('<b>');
		expect(mail.bodyHtml).toContain('Tennessee &amp; more');
	});
	test('that shows a mailbox has the code where people look for it', () => {
		expect(proofMail('kim@x.example', 'Tennessee', link, 'BCDFGHJK').bodyText).toContain('\n\nBCDF-GHJK\n\n');
	});
});

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { stackVersions } from '#lib/catalogue/schema.server.ts';
import { listPlaces } from '#lib/program/choosing.server.ts';
import { enrollments, programStacks } from '#lib/program/schema.server.ts';
import { publishStack } from '#lib/program/stack-publishing.server.ts';
import type { Database } from '#lib/server/database.ts';
import { cast } from '../../seed/cast.ts';
import { proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { lookAtStack, type Tried } from './trying.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const { pat, rosa, jonah, claire, idris, helen } = cast.people;
const person = ({ id, name, initials }: typeof pat) => ({ id, name, initials });
const by = (who: typeof pat) => ({ person: person(who), proof: proven, whence: { network: null, userAgent: null } });
const program = cast.programs.tennessee.id;
const now = new Date();
const commons = (key: string) => `wayfellow-commons/${key}`;
const file = (more: object = {}) =>
	JSON.stringify({
		key: 'three-for-talk',
		title: 'Three for talk',
		summary: 'Wait time, and two of three.',
		items: ['wait-time', 'open-questions', 'talk-partners', 'thinking-aloud'].map(commons),
		rule: {
			kind: 'every',
			counts: 'earned',
			needs: [
				{ kind: 'required', items: [commons('wait-time')] },
				{
					kind: 'slots',
					title: 'Talk',
					count: 2,
					of: ['open-questions', 'talk-partners', 'thinking-aloud'].map(commons)
				}
			],
			exclusions: [{ of: ['open-questions', 'thinking-aloud'].map(commons) }]
		},
		outcomes: [{ kind: 'licence-credit', words: 'two credits' }],
		...more
	});
const { waitTime, openQuestions, talkPartners, thinkingAloud } = cast.microcredentials;
const look = (tried: [{ id: string }, Tried][] = [], text = file()) =>
	lookAtStack(db, by(pat), program, text, new Map(tried.map(([{ id }, what]) => [id, what])), now);

describe('a stack that is not published yet', () => {
	test('stands in sentences, with the way for somebody who has nothing', async () => {
		const found = await look();
		expect(found).toMatchObject({ title: 'Three for talk', number: 1, same: false, outcomes: ['two credits'] });
		expect(found.requirements).toEqual(['Required: “Wait time after questions”', '2 for Talk']);
		expect(found.verdict.complete).toBe(false);
		expect(found.verdict.sentences[1]).toMatch(
			/^One way: .*; about \d+ hours, and as long as “Wait time after questions” takes, which is not known\.$/
		);
		expect(found.verdict.sentences).toContain('Of “Questions worth answering” and “Thinking aloud” only one counts.');
		// The two that exclude each other are not both on it.
		const way = found.verdict.sentences[1]!;
		expect(way.includes('Questions worth answering') && way.includes('Thinking aloud')).toBe(false);
	});
	test('says what it would say of somebody', async () => {
		const all: [{ id: string }, Tried][] = [
			[waitTime, 'earned'],
			[openQuestions, 'earned'],
			[thinkingAloud, 'earned']
		];
		expect((await look(all)).verdict.complete).toBe(false);
		expect((await look([...all, [talkPartners, 'submitted']])).verdict.complete).toBe(false);
		expect((await look([...all, [talkPartners, 'earned']])).verdict).toMatchObject({ complete: true });
	});
	test('that contradicts itself says which requirements do', async () => {
		const contradicting = file({
			rule: {
				kind: 'every',
				counts: 'earned',
				needs: [
					{ kind: 'required', items: [commons('open-questions')] },
					{ kind: 'required', items: [commons('thinking-aloud')] },
					{ kind: 'at-least', count: 2 }
				],
				exclusions: [{ of: ['open-questions', 'thinking-aloud'].map(commons) }]
			}
		});
		expect((await look([], contradicting)).verdict.sentences).toContainEqual(
			expect.stringMatching(
				/^These can’t all be met, by anybody: “required: “Questions worth answering””, “required: “Thinking aloud””, and of /
			)
		);
	});
	test.for<[what: string, text: string, why: string]>([
		[
			'names what is not in the catalogue',
			file({
				items: [commons('wait-time'), commons('nothing')],
				rule: { kind: 'at-least', count: 1, counts: 'earned' }
			}),
			'not in the catalogue'
		],
		['has the key of another program’s stack', file({ key: 'mineola-eighteen' }), 'of another program'],
		[
			'asks for a stack that is not there',
			file({ rule: { kind: 'every', counts: 'earned', needs: [{ kind: 'stack', stackVersionId: 'nothing' }] } }),
			'which is not there'
		]
	])('is refused when it %s', async ([, text, why]) => {
		await expect(look([], text)).rejects.toThrow(why);
		await expect(publishStack(db, by(pat), program, text)).rejects.toThrow(why);
	});
});

describe('a stack that is published', () => {
	test('can be chosen by whoever comes in now, and is written down; the same again changes nothing', async () => {
		const made = await publishStack(db, by(pat), program, file());
		expect(made.number).toBe(1);
		expect(await publishStack(db, by(pat), program, file())).toMatchObject({ stackVersionId: made.stackVersionId });
		const [place] = await listPlaces(db, person(jonah));
		expect(place!.choices.map(({ title }) => title)).toContain('Three for talk');
		const events = await db.asOwner((tx) =>
			tx.select().from(auditEvents).where(eq(auditEvents.kind, 'stack-published'))
		);
		expect(events).toMatchObject([{ byPersonId: pat.id, about: { program, stack: made.stackVersionId, number: 1 } }]);
	});
	test('in a newer version is for those who choose it then; nobody’s goal has moved', async () => {
		const before = (await readHome(db, person(rosa), proven, now)).learning[0]!.stack;
		const [bound] = await db.asOwner((tx) => tx.select().from(enrollments).where(eq(enrollments.personId, rosa.id)));
		const newer = JSON.stringify({
			key: cast.stacks.tennessee.key,
			title: cast.stacks.tennessee.title,
			summary: 'Two now.',
			items: ['wait-time', 'open-questions'].map(commons),
			rule: { kind: 'at-least', count: 2, counts: 'earned' }
		});
		const made = await publishStack(db, by(pat), program, newer);
		expect(made.number).toBe(2);
		expect(made.bound).toBeGreaterThan(20);
		expect(bound!.stackVersionId).toBe(cast.stacks.tennessee.versionId);
		const after = (await readHome(db, person(rosa), proven, now)).learning[0]!.stack;
		expect([after.verdict, after.stones]).toEqual([before.verdict, before.stones]);
		const [version] = await db.asOwner((tx) =>
			tx.select().from(stackVersions).where(eq(stackVersions.id, cast.stacks.tennessee.versionId))
		);
		expect(version!.rule).toEqual(cast.stacks.tennessee.rule);
		const offered = await db.asOwner((tx) =>
			tx.select().from(programStacks).where(eq(programStacks.programId, program))
		);
		expect(offered.filter(({ untilAt }) => untilAt === null).map((one) => one.stackVersionId)).toContain(
			made.stackVersionId
		);
		expect(offered.find((one) => one.stackVersionId === cast.stacks.tennessee.versionId)!.untilAt).not.toBe(null);
	});
	test('may ask for another stack to be complete, which stays in the version of that day', async () => {
		const nested = file({
			key: 'talk-and-more',
			rule: {
				kind: 'every',
				counts: 'earned',
				needs: [
					{ kind: 'stack', stackVersionId: 'three-for-talk' },
					{ kind: 'at-least', count: 1 }
				]
			}
		});
		const found = await look([], nested);
		expect(found.requirements).toEqual(['“Three for talk” is complete', 'At least any 1 of 4']);
		const done: [{ id: string }, Tried][] = [
			[waitTime, 'earned'],
			[openQuestions, 'earned'],
			[talkPartners, 'earned']
		];
		expect((await look(done, nested)).verdict.complete).toBe(true);
		expect((await look(done.slice(1), nested)).verdict).toMatchObject({ complete: false });
		expect((await publishStack(db, by(pat), program, nested)).number).toBe(1);
	});
	test.for([rosa, claire, idris, helen])(
		'is published neither by a teacher, coach, mentor, nor another manager',
		async (who) => {
			await expect(publishStack(db, by(who), program, file())).rejects.toMatchObject({ reason: 'not-found' });
			await expect(lookAtStack(db, by(who), program, file(), new Map(), now)).rejects.toMatchObject({
				reason: 'not-found'
			});
			const row = { programId: program, stackVersionId: cast.stacks.florida.versionId };
			await expect(db.asPerson(who.id, (tx) => tx.insert(programStacks).values(row))).rejects.toThrow();
		}
	);
});

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Refusal, RefusalReason } from '#lib/errors.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import timeToThink from '../../seed/data/microcredentials-of-others/time-to-think.json' with { type: 'json' };
import waitTime from '../../seed/data/microcredentials/wait-time.json' with { type: 'json' };
import { cast } from '../../seed/cast.ts';
import { proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { browseCatalogue } from './browse.server.ts';
import type { Draft } from './drafting.ts';
import {
	beginNew,
	beginNext,
	bringIn,
	type Editing,
	frameworkMeant,
	lookAtFile,
	publishDraft,
	readDesk,
	readDraft,
	readPreview,
	readRetiring,
	retire,
	saveDraft,
	throwAway
} from './editing.server.ts';
import { lookingFor } from './looking.ts';
import { readMicrocredentialPage } from './offer.server.ts';
import { issuerEditors, microcredentialDrafts } from './schema.server.ts';
import { mayEdit } from './policy.ts';

const { people, issuers, microcredentials, programs } = cast;
const whence = { network: null, userAgent: null };
const pat: Editing = { person: people.pat, proof: proven, whence };
/** Manages the same program beside Pat. */
const vera: Editing = { person: people.vera, proof: proven, whence };
const refused = (reason: RefusalReason) => expect.objectContaining({ reason }) as Refusal;

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
	await db.asOwner((tx) =>
		tx
			.insert(roles)
			.values({ personId: people.vera.id, role: 'manager', scopeKind: 'program', scopeId: programs.tennessee.id })
	);
});
afterAll(() => db.close());
beforeEach(() => db.asOwner(async (tx) => void (await tx.delete(microcredentialDrafts))));

const nowhere = { framework: '', code: '' };
const save = async (
	by: Editing,
	id: string,
	change: (body: Draft) => Draft,
	act: string | null = null,
	revision?: number
) => {
	const draft = await readDraft(db, by.person, id);
	return saveDraft(db, by, id, { revision: revision ?? draft.revision, body: change(draft.body), act, find: nowhere });
};
const file = (more: object = {}) => JSON.stringify({ ...timeToThink, issuer: undefined, ...more });
const finds = async (words: string) =>
	(await browseCatalogue(db, people.rosa, lookingFor(new URLSearchParams({ q: words })))).found.map(
		({ title }) => title
	);
const eventsOf = (person: string) =>
	db.asOwner(async (tx) =>
		(await tx.select().from(auditEvents).where(eq(auditEvents.personId, person)).orderBy(auditEvents.at)).map(
			({ kind }) => kind
		)
	);

test.for<[editors: string[], managed: string[], may: boolean]>([
	[['a'], ['a'], true],
	[['a', 'b'], ['b', 'c'], true],
	[['a'], ['b'], false],
	[[], ['a'], false],
	[['a'], [], false]
])('editors %o and managed %o: %s', ([editors, managed, may]) => expect(mayEdit({ editors, managed })).toBe(may));

test('from an empty draft to what teachers find, and on to the next version', async () => {
	const id = await beginNew(db, pat, issuers.commons.id);
	expect((await readPreview(db, people.pat, id)).missing.length).toBeGreaterThan(3);
	await expect(publishDraft(db, pat, id, 1)).rejects.toThrow(/can't be published yet: It has no title\. And \d+ more/);
	await save(pat, id, (body) => ({
		...body,
		title: 'Quiet starts',
		competency: 'The teacher begins without raising the voice.',
		needs: 'I shout to be heard',
		parts: body.parts.map((part, i) => ({
			...part,
			prompt: ['Which class?', 'A recording', 'What changed?'][i]!,
			kinds: part.section === 2 ? ['audio'] : [],
			rows: part.rows.map(() => ({ criterion: 'Voice', descriptions: ['a', 'b', 'c', 'd'] }))
		}))
	}));
	const { missing, revision } = await readPreview(db, people.pat, id);
	expect(missing).toEqual([]);
	expect(await finds('quiet starts')).not.toContain('Quiet starts');
	const published = await publishDraft(db, pat, id, revision);
	expect(published.number).toBe(1);
	expect(await finds('I shout')).toContain('Quiet starts');
	await expect(readDraft(db, people.pat, id)).rejects.toEqual(refused('not-found'));
	expect(await eventsOf(people.pat.id)).toContain('microcredential-published');

	const next = await beginNext(db, pat, published.microcredentialId);
	expect(await beginNext(db, vera, published.microcredentialId), 'begun already').toBe(next);
	expect((await readDraft(db, people.pat, next)).body).toMatchObject({
		key: 'quiet-starts',
		title: 'Quiet starts',
		passing: 2
	});
	await save(pat, next, (body) => ({ ...body, title: 'Quiet beginnings', key: 'stolen-key' }));
	const preview = await readPreview(db, people.pat, next);
	expect(preview.changes?.map(({ what }) => what)).toEqual(['Title']);
	expect((await publishDraft(db, pat, next, preview.revision)).number).toBe(2);
	const page = await readMicrocredentialPage(db, people.rosa, published.microcredentialId, null);
	expect(page).toMatchObject({ version: { number: 2 }, says: { offer: { title: 'Quiet beginnings' } } });
	expect(page.versions).toHaveLength(2);
});

describe('two who edit at once', () => {
	test('lose nothing: the second save becomes a draft of its own and says so', async () => {
		const id = await beginNew(db, pat, issuers.commons.id);
		const { revision } = await readDraft(db, people.pat, id);
		expect(await save(vera, id, (body) => ({ ...body, title: 'Vera’s' }))).toMatchObject({ id, apart: false });
		const mine = await save(pat, id, (body) => ({ ...body, title: 'Pat’s' }), null, revision);
		expect(mine.apart).toBe(true);
		expect((await readDraft(db, people.pat, id)).body.title).toBe('Vera’s');
		expect((await readDraft(db, people.pat, mine.id)).body.title).toBe('Pat’s');
		// Going on in it is going on in one's own.
		expect(await save(pat, mine.id, (body) => ({ ...body, competency: 'C.' }))).toMatchObject({
			id: mine.id,
			apart: false
		});
	});

	test('publish only what was looked at', async () => {
		const id = await bringIn(db, pat, issuers.commons.id, file({ id: 'looked-at' }));
		await save(vera, id, (body) => ({ ...body, title: 'Changed meanwhile' }));
		await expect(publishDraft(db, pat, id, 1)).rejects.toThrow(/saved again while you looked/);
	});
});

test('what was removed comes back, and what was typed after it is one undo away', async () => {
	const id = await beginNext(db, pat, microcredentials.waitTime.id);
	const before = (await readDraft(db, people.pat, id)).body;
	expect(await save(pat, id, (body) => body, 'remove-part 2')).toMatchObject({ undoable: true, at: 'parts' });
	expect((await readDraft(db, people.pat, id)).body.parts).toHaveLength(before.parts.length - 1);
	await save(pat, id, (body) => ({ ...body, title: 'Typed since' }), 'undo');
	expect((await readDraft(db, people.pat, id)).body).toEqual(before);
	await save(pat, id, (body) => body, 'undo');
	expect((await readDraft(db, people.pat, id)).body.title).toBe('Typed since');
});

test('a statement is found by its code in a framework, and what is none is said', async () => {
	const id = await beginNew(db, pat, issuers.commons.id);
	const { revision, body, frameworks } = await readDraft(db, people.pat, id);
	const intasc = frameworks.find(({ title }) => title.startsWith('InTASC'))!;
	const add = (revision: number, code: string, body: Draft) =>
		saveDraft(db, pat, id, { revision, body, act: 'add-competency', find: { framework: intasc.id, code } });
	expect(await add(revision, ' 8 ', body)).toMatchObject({ note: null, at: 'proves' });
	const after = await readDraft(db, people.pat, id);
	expect(after.proves.map(({ code }) => code)).toEqual(['8']);
	expect(await add(after.revision, '8z', after.body)).toMatchObject({ note: 'no-statement' });
	const again = await readDraft(db, people.pat, id);
	await save(pat, id, (typed) => ({ ...typed, competencies: [...typed.competencies, people.rosa.id, 'nonsense'] }));
	expect((await readDraft(db, people.pat, id)).body.competencies).toEqual(again.body.competencies);
});

describe('a file', () => {
	test('is looked at first, and kept as a draft', async () => {
		const looked = await lookAtFile(
			db,
			people.pat,
			issuers.commons.id,
			file({
				video: 'x',
				alignment: [
					{ framework: 'intasc-outline', code: '8' },
					{ framework: 'florida-feaps', code: '3.f' },
					{ framework: 'nowhere', code: '1' }
				]
			})
		);
		expect(looked.proves.map(({ code }) => code)).toEqual(['8', '3.f']);
		expect(looked.notes).toEqual([expect.stringContaining('“video”'), expect.stringContaining('nowhere 1')]);
		expect(looked.next).toBeNull();
		expect((await readDesk(db, people.pat))[0]!.drafts).toEqual([]);
		const id = await bringIn(db, pat, issuers.commons.id, file());
		const preview = await readPreview(db, people.pat, id);
		expect(preview).toMatchObject({
			missing: [],
			offer: { title: 'Time to think', hours: 6, grades: ['3', '4', '5', '6', '7', '8'] }
		});
		expect(await eventsOf(people.pat.id)).toContain('microcredential-brought-in');
	});

	test('with a known key becomes the next version of that one', async () => {
		const looked = await lookAtFile(db, people.pat, issuers.commons.id, JSON.stringify({ ...waitTime, title: 'Wait' }));
		expect(looked.next).toMatchObject({ microcredentialId: microcredentials.waitTime.id, number: 2 });
	});

	test.for<[text: string, says: RegExp]>([
		['', /no file and no text/],
		['{', /no JSON/],
		[`{"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /more than 20 deep/],
		['[]', /can't be read/],
		[JSON.stringify({ ...timeToThink, levels: [] }), /levels/],
		[JSON.stringify(timeToThink), /its issuer is “laurel-gap”/]
	])('that can’t be meant is refused with a sentence: %#', ([text, says]) =>
		expect(lookAtFile(db, people.pat, issuers.commons.id, text)).rejects.toThrow(says)
	);

	test.for<[said: string, meant: string | null]>([
		['intasc-outline', 'i'],
		['florida-feaps', 'f'],
		['1A3CE353-C16D-5FA6-9EF4-5D12522BAEA7', 'i'],
		['Florida Educator Accomplished Practices', 'f'],
		['texas', null],
		['', null]
	])('means by “%s” the framework %s', ([said, meant]) =>
		expect(
			frameworkMeant(said, [
				{
					id: 'i',
					caseId: '1a3ce353-c16d-5fa6-9ef4-5d12522baea7',
					title: 'InTASC Model Core Teaching Standards - outline'
				},
				{ id: 'f', caseId: 'x', title: 'Florida Educator Accomplished Practices' }
			])
		).toBe(meant)
	);
});

test('retired with a reason: no longer found, and its page says why', async () => {
	const { id } = microcredentials.wrongAnswers;
	await expect(retire(db, pat, id, '  ')).rejects.toThrow(/say why/);
	await retire(db, pat, id, 'Replaced by another one.');
	expect(await finds('wrong answer')).not.toContain('Working with a wrong answer');
	expect(await readMicrocredentialPage(db, people.rosa, id, null)).toMatchObject({
		current: null,
		version: { retiredReason: 'Replaced by another one.' }
	});
	expect((await readRetiring(db, people.pat, id)).title).toBeNull();
	await expect(retire(db, pat, id, 'Again.')).rejects.toThrow(/not offered any more/);
	expect(await eventsOf(people.pat.id)).toContain('microcredential-retired');
	// A new version brings it back.
	const next = await beginNext(db, pat, id);
	await publishDraft(db, pat, next, 1);
	expect(await finds('wrong answer')).toContain('Working with a wrong answer');
});

test('a key is one microcredential’s, and a draft is thrown away only by whoever is sure', async () => {
	const id = await bringIn(db, pat, issuers.commons.id, file({ id: 'wait-time-2' }));
	await save(pat, id, (body) => ({ ...body, key: 'wait-time' }));
	await expect(publishDraft(db, pat, id, 2)).rejects.toThrow(/key “wait-time” already/);
	await expect(throwAway(db, pat, id, false)).rejects.toEqual(refused('rule'));
	await throwAway(db, vera, id, true);
	await expect(readDraft(db, people.pat, id)).rejects.toEqual(refused('not-found'));
});

describe('nobody else', () => {
	const everything = (
		by: Editing,
		draft: string
	): [what: string, work: () => Promise<unknown>, reason: RefusalReason][] => [
		['reads the desk', () => readDesk(db, by.person), 'not-allowed'],
		['begins a new one', () => beginNew(db, by, issuers.commons.id), 'not-allowed'],
		['begins a next version', () => beginNext(db, by, microcredentials.waitTime.id), 'not-allowed'],
		['reads a draft', () => readDraft(db, by.person, draft), 'not-found'],
		['previews one', () => readPreview(db, by.person, draft), 'not-found'],
		[
			'saves',
			() => saveDraft(db, by, draft, { revision: 1, body: {} as Draft, act: null, find: nowhere }),
			'not-allowed'
		],
		['throws away', () => throwAway(db, by, draft, true), 'not-allowed'],
		['publishes', () => publishDraft(db, by, draft, 1), 'not-allowed'],
		['retires', () => retire(db, by, microcredentials.waitTime.id, 'x'), 'not-allowed'],
		['asks about retiring', () => readRetiring(db, by.person, microcredentials.waitTime.id), 'not-allowed'],
		['looks at a file', () => lookAtFile(db, by.person, issuers.commons.id, file()), 'not-allowed'],
		['brings one in', () => bringIn(db, by, issuers.commons.id, file()), 'not-allowed']
	];

	test.for([people.rosa, people.idris, people.claire])('than managers writes ($name)', async (person) => {
		const draft = await beginNew(db, pat, issuers.commons.id);
		for (const [what, work, reason] of everything({ person, proof: proven, whence }, draft))
			await expect(work(), what).rejects.toEqual(refused(reason));
	});

	test('than those whom the issuer has named: a manager writes for no other issuer', async () => {
		await expect(beginNew(db, pat, issuers.laurelGap.id)).rejects.toEqual(refused('not-allowed'));
		await expect(lookAtFile(db, people.pat, issuers.laurelGap.id, file())).rejects.toEqual(refused('not-allowed'));
		await expect(beginNext(db, pat, cast.timeToThink.id)).rejects.toEqual(refused('not-allowed'));
		await expect(retire(db, pat, cast.timeToThink.id, 'x')).rejects.toEqual(refused('not-allowed'));
	});

	test('than whoever has shown the passkey', async () => {
		const draft = await beginNew(db, pat, issuers.commons.id);
		const byMail: Editing = { ...pat, proof: { openedBy: 'mail', passkeyAt: null } };
		for (const work of [
			beginNew(db, byMail, issuers.commons.id),
			beginNext(db, byMail, microcredentials.waitTime.id),
			throwAway(db, byMail, draft, true),
			publishDraft(db, byMail, draft, 1),
			retire(db, byMail, microcredentials.waitTime.id, 'x'),
			bringIn(db, byMail, issuers.commons.id, file())
		])
			await expect(work).rejects.toEqual(refused('unproven'));
	});

	test('than those who still do: an issuer that names the program no more is closed to it', async () => {
		const draft = await beginNew(db, pat, issuers.commons.id);
		await db.asOwner((tx) => tx.delete(issuerEditors));
		await expect(publishDraft(db, pat, draft, 1)).rejects.toEqual(refused('not-allowed'));
		await expect(readDraft(db, people.pat, draft)).rejects.toEqual(refused('not-found'));
		await db.asOwner((tx) =>
			tx.insert(issuerEditors).values({ issuerId: issuers.commons.id, programId: programs.tennessee.id })
		);
	});
});

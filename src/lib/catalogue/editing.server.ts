/**
 * Writing microcredentials: drafts, what a file becomes, publishing and retiring. Managers of the programs that an issuer
 * has named may, with their passkey; the row policies say the same.
 */
import { and, asc, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { depthOf } from './case.ts';
import { describedVersion, publishVersion } from './catalogue.server.ts';
import { asItStands, changed, type Draft, draftOf, emptyDraft, finished, keyOf, missing } from './drafting.ts';
import { type Microcredential, readMicrocredentialFile } from './microcredential.ts';
import {
	competencies,
	frameworks,
	issuers,
	microcredentialDrafts,
	microcredentials,
	microcredentialVersions
} from './schema.server.ts';
import { type Change, whatChanged } from './what-changed.ts';

/** Who acts, how they have shown who they are, and from where. */
export type Editing = { person: Person; proof: Proof | null; whence: Whence };

export type IssuerEdited = { id: string; key: string; name: string };

/** The issuers whose microcredentials the person asking edits now, by name. */
export const listEdited = (tx: Tx): Promise<IssuerEdited[]> =>
	tx
		.select({ id: issuers.id, key: issuers.key, name: issuers.name })
		.from(issuers)
		.where(sql`${issuers.id} = any ((select app.edited_issuer_ids())::uuid[])`)
		.orderBy(asc(issuers.name));

const notYours = () =>
	new Refusal(
		'not-allowed',
		'Microcredentials are written by managers of the programs that their issuer has named. Nothing has changed. Your program knows whom to ask.'
	);

async function editedIssuer(tx: Tx, id: string): Promise<IssuerEdited> {
	const issuer = (await listEdited(tx)).find((one) => one.id === id);
	if (!issuer) throw notYours();
	return issuer;
}

/** @throws Refusal not-allowed, or unproven */
async function editor(tx: Tx, { proof }: Editing): Promise<IssuerEdited[]> {
	const edited = await listEdited(tx);
	if (edited.length === 0) throw notYours();
	demandProof(proof, 'role');
	return edited;
}

// ---- what there is --------------------------------------------------------------------------------------------------

export type Desk = {
	issuer: IssuerEdited;
	drafts: { id: string; title: string; next: boolean; by: string; at: Date }[];
	offered: { microcredentialId: string; title: string; number: number; status: 'published' | 'retired' }[];
}[];

/** What somebody has to write and has written, issuer by issuer. @throws Refusal not-allowed for whoever edits nothing */
export const readDesk = (db: Database, person: Person): Promise<Desk> =>
	db.asPerson(person.id, async (tx) => {
		const edited = await listEdited(tx);
		if (edited.length === 0) throw notYours();
		const ids = edited.map(({ id }) => id);
		const drafts = await tx
			.select({
				id: microcredentialDrafts.id,
				issuerId: microcredentialDrafts.issuerId,
				microcredentialId: microcredentialDrafts.microcredentialId,
				title: sql<string>`${microcredentialDrafts.body} ->> 'title'`,
				by: people.name,
				at: microcredentialDrafts.updatedAt
			})
			.from(microcredentialDrafts)
			.leftJoin(people, eq(people.id, microcredentialDrafts.updatedBy))
			.where(inArray(microcredentialDrafts.issuerId, ids))
			.orderBy(desc(microcredentialDrafts.updatedAt));
		const offered = await tx
			.selectDistinctOn([microcredentials.id], {
				microcredentialId: microcredentials.id,
				issuerId: microcredentials.issuerId,
				title: microcredentialVersions.title,
				number: microcredentialVersions.number,
				status: microcredentialVersions.status
			})
			.from(microcredentials)
			.innerJoin(microcredentialVersions, eq(microcredentialVersions.microcredentialId, microcredentials.id))
			.where(and(inArray(microcredentials.issuerId, ids), ne(microcredentialVersions.status, 'draft')))
			// What is offered before what is not, and of each the newest.
			.orderBy(microcredentials.id, asc(microcredentialVersions.status), desc(microcredentialVersions.number));
		return edited.map((issuer) => ({
			issuer,
			drafts: drafts
				.filter(({ issuerId }) => issuerId === issuer.id)
				.map(({ id, title, microcredentialId, by, at }) => ({
					id,
					title: title.trim() || 'Without a title',
					next: microcredentialId !== null,
					by: by ?? 'somebody',
					at
				})),
			offered: offered
				.filter(({ issuerId }) => issuerId === issuer.id)
				.map(({ issuerId: _, ...one }) => one as Desk[number]['offered'][number])
				.sort((a, b) => a.title.localeCompare(b.title, 'en'))
		}));
	});

/** Whether somebody edits anything: for a link that leads there. */
export const editsAnything = (db: Database, person: Person): Promise<boolean> =>
	db.asPerson(person.id, async (tx) => (await listEdited(tx)).length > 0);

export type DraftPage = {
	id: string;
	issuer: IssuerEdited;
	/** The one whose next version it will be. */
	next: { microcredentialId: string; key: string; number: number } | null;
	revision: number;
	body: Draft;
	undoable: boolean;
	saved: { by: string; at: Date; own: boolean };
	/** What it proves, in the order chosen. */
	proves: { id: string; code: string | null; statement: string; framework: string }[];
	frameworks: { id: string; title: string }[];
};

/** @throws Refusal not-found where there is no such draft, or none of theirs */
export const readDraft = (db: Database, person: Person, id: string): Promise<DraftPage> =>
	db.asPerson(person.id, async (tx) => {
		const draft = await findDraft(tx, id);
		const [issuer] = await tx
			.select({ id: issuers.id, key: issuers.key, name: issuers.name })
			.from(issuers)
			.where(eq(issuers.id, draft.issuerId));
		const [by] = await tx.select({ name: people.name }).from(people).where(eq(people.id, draft.updatedBy));
		return {
			id: draft.id,
			issuer: issuer!,
			next: draft.microcredentialId ? await nextOf(tx, draft.microcredentialId) : null,
			revision: draft.revision,
			body: draft.body,
			undoable: draft.previous !== null,
			saved: { by: by?.name ?? 'somebody', at: draft.updatedAt, own: draft.updatedBy === person.id },
			proves: await listStatements(tx, draft.body.competencies),
			frameworks: await tx
				.select({ id: frameworks.id, title: frameworks.title })
				.from(frameworks)
				.orderBy(asc(frameworks.title))
		};
	});

async function findDraft(tx: Tx, id: string, lock = false) {
	const query = tx.select().from(microcredentialDrafts).where(eq(microcredentialDrafts.id, id));
	const [draft] = isId(id) ? await (lock ? query.for('update') : query) : [];
	if (!draft) throw notFound('draft');
	return draft;
}

async function nextOf(tx: Tx, microcredentialId: string) {
	const [known] = await tx
		.select({ key: microcredentials.key })
		.from(microcredentials)
		.where(eq(microcredentials.id, microcredentialId));
	const [last] = await tx
		.select({ number: microcredentialVersions.number })
		.from(microcredentialVersions)
		.where(eq(microcredentialVersions.microcredentialId, microcredentialId))
		.orderBy(desc(microcredentialVersions.number))
		.limit(1);
	return { microcredentialId, key: known!.key, number: (last?.number ?? 0) + 1 };
}

async function listStatements(tx: Tx, ids: string[]) {
	const wanted = ids.filter(isId);
	if (wanted.length === 0) return [];
	const known = await tx
		.select({
			id: competencies.id,
			code: competencies.code,
			statement: competencies.statement,
			framework: frameworks.title
		})
		.from(competencies)
		.innerJoin(frameworks, eq(frameworks.id, competencies.frameworkId))
		.where(inArray(competencies.id, wanted));
	return wanted.flatMap((id) => known.find((one) => one.id === id) ?? []);
}

/** A draft as teachers would see it, with what is missing and what the version before it said otherwise. @throws Refusal not-found */
export const readPreview = (db: Database, person: Person, id: string) =>
	db.asPerson(person.id, async (tx) => {
		const draft = await findDraft(tx, id);
		const next = draft.microcredentialId ? await nextOf(tx, draft.microcredentialId) : null;
		const now = asItStands(draft.body);
		const [before] = draft.microcredentialId
			? await tx
					.select({ id: microcredentialVersions.id })
					.from(microcredentialVersions)
					.where(
						and(
							eq(microcredentialVersions.microcredentialId, draft.microcredentialId),
							ne(microcredentialVersions.status, 'draft')
						)
					)
					.orderBy(desc(microcredentialVersions.number))
					.limit(1)
			: [];
		const changes: Change[] | null = before ? whatChanged(await describedVersion(tx, before.id), now) : null;
		return {
			id: draft.id,
			revision: draft.revision,
			...now,
			next,
			proves: await listStatements(tx, draft.body.competencies),
			missing: missing(draft.body),
			changes
		};
	});

// ---- writing --------------------------------------------------------------------------------------------------------

/** Drafts of one issuer at a time: far more than anybody writes at once, and few enough to list. */
const mostDrafts = 200;

async function putDraft(
	tx: Tx,
	by: Person,
	draft: { issuerId: string; microcredentialId: string | null; body: Draft }
) {
	const [{ count }] = (await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(microcredentialDrafts)
		.where(eq(microcredentialDrafts.issuerId, draft.issuerId))) as [{ count: number }];
	if (count >= mostDrafts)
		throw new Refusal(
			'rule',
			`This issuer has ${mostDrafts} drafts already. Please publish or throw away some of them first; nothing was lost.`
		);
	const id = uuidv7();
	await tx.insert(microcredentialDrafts).values({ ...draft, id, createdBy: by.id, updatedBy: by.id });
	return id;
}

/** Begins a new microcredential of an issuer. @returns the draft's id @throws Refusal not-allowed, unproven or rule */
export const beginNew = (db: Database, by: Editing, issuerId: string): Promise<string> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const issuer = await editedIssuer(tx, issuerId);
		return putDraft(tx, by.person, { issuerId: issuer.id, microcredentialId: null, body: emptyDraft() });
	});

/**
 * Begins the next version of one, from the words of the last. Where somebody began it already, leads there: two drafts of
 * one version would part without anybody's wish.
 * @returns the draft's id
 * @throws Refusal not-allowed, unproven, not-found or rule
 */
export const beginNext = (db: Database, by: Editing, microcredentialId: string): Promise<string> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const known = await editedMicrocredential(tx, microcredentialId);
		const [begun] = await tx
			.select({ id: microcredentialDrafts.id })
			.from(microcredentialDrafts)
			.where(eq(microcredentialDrafts.microcredentialId, known.id))
			.orderBy(asc(microcredentialDrafts.createdAt))
			.limit(1);
		if (begun) return begun.id;
		const [last] = await tx
			.select({ id: microcredentialVersions.id })
			.from(microcredentialVersions)
			.where(and(eq(microcredentialVersions.microcredentialId, known.id), ne(microcredentialVersions.status, 'draft')))
			.orderBy(desc(microcredentialVersions.number))
			.limit(1);
		if (!last) throw notFound('microcredential');
		const { offer, parts, competencyIds } = await describedVersion(tx, last.id);
		const body = draftOf(known.key, offer, parts, competencyIds);
		return putDraft(tx, by.person, { issuerId: known.issuerId, microcredentialId: known.id, body });
	});

async function editedMicrocredential(tx: Tx, id: string) {
	const [known] = isId(id) ? await tx.select().from(microcredentials).where(eq(microcredentials.id, id)) : [];
	if (!known) throw notFound('microcredential');
	await editedIssuer(tx, known.issuerId);
	return known;
}

export type Saved = {
	/** The draft that holds it now: another one when somebody had saved meanwhile. */
	id: string;
	apart: boolean;
	/** Where on the page to go on. */
	at: string | null;
	undoable: boolean;
	/** A sentence about what could not be done beside the saving. */
	note: string | null;
};

/**
 * Keeps what was typed, and does what the button says: an order of `changed`, `undo`, or `add-competency`. When somebody
 * else has saved since `revision`, theirs stays, and this becomes a draft of its own: nothing of either is lost.
 * @throws Refusal not-found, not-allowed, unproven or rule
 */
export const saveDraft = (
	db: Database,
	by: Editing,
	id: string,
	sent: { revision: number; body: Draft; act: string | null; find: { framework: string; code: string } }
): Promise<Saved> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const draft = await findDraft(tx, id, true);
		const competencies = (await listStatements(tx, sent.body.competencies)).map(({ id }) => id);
		// The key of what is published is not for a draft to change.
		const key = draft.microcredentialId ? draft.body.key : sent.body.key;
		const typed: Draft = { ...sent.body, competencies, key };

		let body = typed;
		let previous = draft.previous;
		let at: string | null = null;
		let note: string | null = null;
		let undoable = false;
		if (sent.act === 'undo' && draft.previous) {
			// What was typed meanwhile can be gone back to in its turn.
			[body, previous] = [draft.previous, typed];
		} else if (sent.act === 'add-competency') {
			at = 'proves';
			const found = await statementBy(tx, sent.find);
			if (found) body = { ...typed, competencies: [...new Set([...competencies, found])] };
			else note = 'no-statement';
		} else if (sent.act) {
			const done = changed(typed, sent.act);
			if (done) {
				body = done.draft;
				({ at, undoable } = done);
				if (undoable) previous = typed;
			}
		}
		if (sent.revision !== draft.revision) {
			const { issuerId, microcredentialId } = draft;
			return {
				id: await putDraft(tx, by.person, { issuerId, microcredentialId, body }),
				apart: true,
				at,
				undoable: false,
				note
			};
		}
		await tx
			.update(microcredentialDrafts)
			.set({ body, previous, revision: draft.revision + 1, updatedBy: by.person.id, updatedAt: sql`now()` })
			.where(eq(microcredentialDrafts.id, draft.id));
		return { id: draft.id, apart: false, at, undoable, note };
	});

async function statementBy(tx: Tx, { framework, code }: { framework: string; code: string }): Promise<string | null> {
	if (!isId(framework) || !code.trim()) return null;
	const [found] = await tx
		.select({ id: competencies.id })
		.from(competencies)
		.where(
			and(eq(competencies.frameworkId, framework), eq(sql`lower(${competencies.code})`, code.trim().toLowerCase()))
		)
		.orderBy(asc(competencies.position))
		.limit(1);
	return found?.id ?? null;
}

/** Throws a draft away for good. @throws Refusal not-found, not-allowed, unproven or rule */
export const throwAway = (db: Database, by: Editing, id: string, sure: boolean): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const draft = await findDraft(tx, id, true);
		if (!sure) throw new Refusal('rule', 'Please tick that it may go for good. The draft is still here.');
		await tx.delete(microcredentialDrafts).where(eq(microcredentialDrafts.id, draft.id));
	});

// ---- publishing, retiring -------------------------------------------------------------------------------------------

/**
 * Publishes a draft as the first or next version; the draft is gone then, for it stands in the version.
 * @param revision the one that was looked at
 * @throws Refusal not-found, not-allowed, unproven; rule while something is missing or somebody saved meanwhile
 */
export const publishDraft = (
	db: Database,
	by: Editing,
	id: string,
	revision: number,
	now = new Date()
): Promise<{ microcredentialId: string; number: number }> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const draft = await findDraft(tx, id, true);
		if (draft.revision !== revision)
			throw new Refusal(
				'rule',
				'This draft was saved again while you looked at it. Please look once more; nothing was published.'
			);
		const [first, ...more] = missing(draft.body);
		if (first)
			throw new Refusal(
				'rule',
				`It can't be published yet: ${first.says}${more.length ? ` And ${more.length} more; see below.` : ''}`
			);
		const { key, alignments: _, parts, ...offer } = finished(draft.body);
		const competencyIds = (await listStatements(tx, draft.body.competencies)).map((one) => one.id);
		const microcredentialId = draft.microcredentialId ?? (await newMicrocredential(tx, draft.issuerId, key));
		// Two who publish the next version at one instant take turns; the second is told, or gets the number after it.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('publishing'), hashtext(${microcredentialId}))`);
		const { number } = await nextOf(tx, microcredentialId);
		const versionId = await publishVersion(
			tx,
			{ microcredentialId, number, publishedAt: now },
			{ offer, parts, competencyIds }
		);
		await tx.delete(microcredentialDrafts).where(eq(microcredentialDrafts.id, draft.id));
		await tell(tx, by, 'microcredential-published', { microcredential: microcredentialId, version: versionId, number });
		return { microcredentialId, number };
	});

async function newMicrocredential(tx: Tx, issuerId: string, key: string): Promise<string> {
	const [added] = await tx
		.insert(microcredentials)
		.values({ id: uuidv7(), issuerId, key })
		.onConflictDoNothing()
		.returning({ id: microcredentials.id });
	if (!added)
		throw new Refusal(
			'rule',
			`This issuer has a microcredential with the key “${key}” already. Begin a new version of that one, or write another key. The draft is safe.`
		);
	return added.id;
}

const longestReason = 500;

/**
 * Takes a microcredential out of the offer, in all its versions. Whoever is bound to one finishes with it.
 * @throws Refusal not-found, not-allowed, unproven; rule without a reason or when it is not offered
 */
export const retire = (
	db: Database,
	by: Editing,
	microcredentialId: string,
	reason: string,
	now = new Date()
): Promise<void> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const known = await editedMicrocredential(tx, microcredentialId);
		const why = reason.trim();
		if (!why)
			throw new Refusal(
				'rule',
				'Please say why it is retired: teachers who look for it read that. Nothing has changed.'
			);
		if (why.length > longestReason)
			throw new Refusal('rule', `Please say it in at most ${longestReason} letters. Nothing has changed.`);
		const retired = await tx
			.update(microcredentialVersions)
			.set({ status: 'retired', retiredAt: now, retiredReason: why })
			.where(
				and(eq(microcredentialVersions.microcredentialId, known.id), eq(microcredentialVersions.status, 'published'))
			)
			.returning({ id: microcredentialVersions.id });
		if (retired.length === 0)
			throw new Refusal('rule', 'This microcredential is not offered any more already. Nothing has changed.');
		await tell(tx, by, 'microcredential-retired', { microcredential: known.id, versions: retired.length });
	});

/** What would be retired. @throws Refusal not-found, not-allowed or rule */
export const readRetiring = (db: Database, person: Person, microcredentialId: string) =>
	db.asPerson(person.id, async (tx) => {
		const known = await editedMicrocredential(tx, microcredentialId);
		const [version] = await tx
			.select({ title: microcredentialVersions.title })
			.from(microcredentialVersions)
			.where(
				and(eq(microcredentialVersions.microcredentialId, known.id), eq(microcredentialVersions.status, 'published'))
			)
			.orderBy(desc(microcredentialVersions.number))
			.limit(1);
		return { microcredentialId: known.id, title: version?.title ?? null };
	});

const tell = (
	tx: Tx,
	{ person, whence }: Editing,
	kind: 'microcredential-published' | 'microcredential-retired' | 'microcredential-brought-in',
	about: Record<string, string | number>
) => record(tx, { kind, person: person.id, by: person.id, whence, about });

const deepest = 20;

// ---- files ----------------------------------------------------------------------------------------------------------

export type FileLooked = {
	issuer: IssuerEdited;
	description: Microcredential;
	/** The one that has its key, and so gets a next version. */
	next: { microcredentialId: string; key: string; number: number } | null;
	proves: DraftPage['proves'];
	/** What does not come along, in sentences. */
	notes: string[];
};

/** What a file would become. Keeps nothing. @throws Refusal not-allowed, or rule with the place of the first fault */
export const lookAtFile = (db: Database, person: Person, issuerId: string, text: string): Promise<FileLooked> =>
	db.asPerson(person.id, (tx) => looked(tx, issuerId, text));

/** Makes a draft of a file. @returns the draft's id @throws Refusal not-allowed, unproven or rule */
export const bringIn = (db: Database, by: Editing, issuerId: string, text: string): Promise<string> =>
	db.asPerson(by.person.id, async (tx) => {
		await editor(tx, by);
		const { issuer, description, next, proves } = await looked(tx, issuerId, text);
		const { key, parts, alignments: _, ...offer } = description;
		const id = await putDraft(tx, by.person, {
			issuerId: issuer.id,
			microcredentialId: next?.microcredentialId ?? null,
			body: draftOf(
				key,
				offer,
				parts,
				proves.map(({ id }) => id)
			)
		});
		await tell(tx, by, 'microcredential-brought-in', { issuer: issuer.id, draft: id });
		return id;
	});

async function looked(tx: Tx, issuerId: string, text: string): Promise<FileLooked> {
	const issuer = await editedIssuer(tx, issuerId);
	if (!text.trim())
		throw new Refusal('rule', 'There is no file and no text to look at. Please choose a file, or paste its text.');
	// A microcredential is five deep; whoever nests further wants to exhaust whatever walks through it.
	if (depthOf(text) > deepest)
		throw new Refusal(
			'rule',
			`In this file things stand in things more than ${deepest} deep, so it is no microcredential. Nothing was kept.`
		);
	let file: unknown;
	try {
		file = JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		throw new Refusal('rule', 'This is no JSON, so it can’t be read as a microcredential. Nothing was kept.');
	}
	const { description, issuer: says, leftOut } = readMicrocredentialFile(file);
	const notes: string[] = [];
	if (says !== null && says !== issuer.key && says.toLowerCase() !== issuer.name.toLowerCase())
		throw new Refusal(
			'rule',
			`This file says that its issuer is “${says}”, and you chose ${issuer.name}. Please choose the right one, or mend the file. Nothing was kept.`
		);
	if (leftOut.length > 0)
		notes.push(`There is no place here for ${leftOut.map((path) => `“${path}”`).join(', ')}; it is left out.`);
	const known = await tx
		.select({ id: frameworks.id, caseId: frameworks.caseId, title: frameworks.title })
		.from(frameworks);
	const ids: string[] = [];
	for (const { framework, code } of description.alignments) {
		const meant = frameworkMeant(framework, known);
		const id = meant ? await statementBy(tx, { framework: meant, code }) : null;
		if (id) ids.push(id);
		else
			notes.push(
				`It says that it proves ${framework} ${code}, which is not in the catalogue; the draft begins without that.`
			);
	}
	const [there] = await tx
		.select({ id: microcredentials.id })
		.from(microcredentials)
		.where(
			and(
				eq(microcredentials.issuerId, issuer.id),
				eq(microcredentials.key, description.key || keyOf(description.title))
			)
		);
	return {
		issuer,
		description,
		next: there ? await nextOf(tx, there.id) : null,
		proves: await listStatements(tx, [...new Set(ids)]),
		notes
	};
}

/** The framework that a file means: by its CASE identifier, its title, or the words of a short key that stand in one title only. */
export function frameworkMeant(said: string, known: { id: string; caseId: string; title: string }[]): string | null {
	const text = said.trim().toLowerCase();
	const exact = known.find(({ caseId, title }) => caseId === text || title.toLowerCase() === text);
	if (exact) return exact.id;
	const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
	const counted = known
		.map(({ id, title }) => ({ id, shared: words.filter((word) => title.toLowerCase().includes(word)).length }))
		.sort((a, b) => b.shared - a.shared);
	const [best, second] = counted;
	return best && best.shared > 0 && best.shared !== second?.shared ? best.id : null;
}

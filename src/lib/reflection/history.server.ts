/** The past of a reflection: its sittings and named versions, what was different, who wrote what, and bringing it back. */
import { and, count, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { issuers, microcredentials, microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import type { Block } from './blocks.ts';
import { type Difference, summaryOf } from './difference.ts';
import { limits } from './live/limits.ts';
import { tellLive } from './live.server.ts';
import { noteLook } from './looks.server.ts';
import { appendRows, ownersOf, readLog, readPackedHistory } from './log.server.ts';
import type { Past } from './past.ts';
import { askPast } from './past-thread.server.ts';
import { readHead, type ReflectionHead } from './reflection.server.ts';
import {
	reflectionHistory,
	reflectionLooks,
	reflections,
	reflectionSharings,
	reflectionSnapshots,
	reflectionUpdates,
	reflectionVersions
} from './schema.server.ts';
import { renderSettled, settledFrom } from './settled.ts';
import { collaborationNote, inPercent, ownWordsNotice, type SaidShare, sharesOf } from './shares.ts';
import { pauseMs, type Sitting, type Stretch, sittingsOf } from './sittings.ts';
import { titleOf } from './title.ts';

/** Sittings on one page: some weeks of work. Their differences are worked out together. */
const sittingsOnPage = 20;
/** Lines of the log that are looked at for their times, the newest ones: a minute of one person each, so years of evenings. */
const mostStretches = 20_000;
/** Names that the states of one reflection can have: nobody finds one among more. */
export const mostVersions = 200;
const longestName = 100;
/**
 * Bytes of log that are read at once for a look at the past. The longest recording, half a year of somebody's full days, has
 * eleven million.
 */
const mostBytes = 64 * 1024 * 1024;
/** How often a row is tried again when others write at the same instant. */
const tries = 20;

export type Version = {
	id: string;
	kind: 'named' | 'frozen';
	name: string;
	number: number;
	by: string;
	at: Date;
};

export type SittingOnPage = Omit<Sitting, 'personIds'> & {
	who: string[];
	/** Null when the log could not be read. */
	summary: string | null;
	versions: Version[];
};

// ---- what there is --------------------------------------------------------------------------------------------------

/** The rows of a log by their times, without their words. */
async function stretchesOf(tx: Tx, reflectionId: string): Promise<Stretch[]> {
	const folded = await tx
		.select({
			fromNumber: reflectionHistory.fromNumber,
			toNumber: reflectionHistory.toNumber,
			personId: reflectionHistory.personId,
			fromAt: reflectionHistory.fromAt,
			toAt: reflectionHistory.toAt
		})
		.from(reflectionHistory)
		.where(eq(reflectionHistory.reflectionId, reflectionId))
		.orderBy(desc(reflectionHistory.fromNumber))
		.limit(mostStretches);
	const rows = await tx
		.select({
			number: reflectionUpdates.number,
			personId: reflectionUpdates.personId,
			at: reflectionUpdates.createdAt
		})
		.from(reflectionUpdates)
		.where(eq(reflectionUpdates.reflectionId, reflectionId))
		.orderBy(desc(reflectionUpdates.number))
		.limit(mostStretches);
	return [
		...folded,
		...rows.map(({ number, personId, at }) => ({
			fromNumber: number,
			toNumber: number,
			personId,
			fromAt: at,
			toAt: at
		}))
	];
}

/** The number of the last row; 0 before the first word. */
async function lastNumber(tx: Tx, reflectionId: string): Promise<number> {
	const [row] = await tx
		.select({ number: sql<number | null>`max(${reflectionUpdates.number})` })
		.from(reflectionUpdates)
		.where(eq(reflectionUpdates.reflectionId, reflectionId));
	const [snapshot] = await tx
		.select({ number: reflectionSnapshots.upToNumber })
		.from(reflectionSnapshots)
		.where(eq(reflectionSnapshots.reflectionId, reflectionId));
	return Math.max(row?.number ?? 0, snapshot?.number ?? 0);
}

/**
 * The first state that a person may look at. The teacher sees all; for the mentor a reflection begins as it was when it was
 * last shared: what the teacher wrote, and took out again, while it was theirs alone, stays theirs.
 */
async function beginningFor(tx: Tx, person: Person, { id, pair }: ReflectionHead): Promise<number> {
	if (pair.teacher.id === person.id) return 0;
	const [sharing] = await tx
		.select({ at: reflectionSharings.sharedAt })
		.from(reflectionSharings)
		.where(and(eq(reflectionSharings.reflectionId, id), isNull(reflectionSharings.takenBackAt)));
	if (!sharing) return 0;
	const [row] = await tx
		.select({ number: sql<number | null>`max(${reflectionUpdates.number})` })
		.from(reflectionUpdates)
		.where(and(eq(reflectionUpdates.reflectionId, id), lt(reflectionUpdates.createdAt, sharing.at)));
	// Folded rows are kept together by the minute; one in which it was shared counts as before.
	const [folded] = await tx
		.select({ number: sql<number | null>`max(${reflectionHistory.toNumber})` })
		.from(reflectionHistory)
		.where(and(eq(reflectionHistory.reflectionId, id), lt(reflectionHistory.fromAt, sharing.at)));
	return Math.max(row?.number ?? 0, folded?.number ?? 0);
}

async function readPast(tx: Tx, reflectionId: string): Promise<Past> {
	const [{ bytes } = { bytes: 0 }] = await tx
		.select({ bytes: sql<number>`coalesce(sum(octet_length(${reflectionHistory.rows})), 0)::float8` })
		.from(reflectionHistory)
		.where(eq(reflectionHistory.reflectionId, reflectionId));
	if (bytes > mostBytes)
		throw new Refusal(
			'rule',
			'So much was written here that its past can not be read in one go. All of it is kept; please ask whoever runs this Wayfellow for it.'
		);
	// The log before the state, as everywhere: a row that moves meanwhile comes twice, and is not missed.
	const history = await readPackedHistory(tx, reflectionId);
	const { snapshot } = await readLog(tx, reflectionId);
	// And the owners last, so that no row's author is missing.
	return { log: history, folded: snapshot, owners: [...(await ownersOf(tx, reflectionId))] };
}

const versionsOf = (tx: Tx, head: ReflectionHead) =>
	tx
		.select()
		.from(reflectionVersions)
		.where(eq(reflectionVersions.reflectionId, head.id))
		.orderBy(desc(reflectionVersions.upToNumber), desc(reflectionVersions.createdAt))
		.limit(2 * mostVersions)
		.then((rows) =>
			rows.map(({ id, kind, name, upToNumber, createdBy, createdAt }): Version => ({
				id,
				kind,
				name,
				number: upToNumber,
				by: nameIn(head, createdBy),
				at: createdAt
			}))
		);

function nameIn({ pair }: ReflectionHead, id: string | null): string {
	return [pair.teacher, pair.mentor].find((person) => person.id === id)?.name ?? 'somebody not known';
}

/** As in "12 words added by …". */
const saidBy = (head: ReflectionHead, reader: Person) => (author: string | null) =>
	author === reader.id ? 'you' : nameIn(head, author);

/**
 * When a reflection was worked on, newest first, with what each sitting changed and which of its states have a name.
 * @param before only sittings before this row; for pages after the first
 * @throws Refusal not-found when its words are not the person's to read
 */
export async function readHistory(
	db: Database,
	person: Person,
	id: string,
	before: number | null = null
): Promise<{
	head: ReflectionHead;
	/** The last row. */
	number: number;
	sittings: SittingOnPage[];
	/** Where older ones go on; null when there are none. */
	older: number | null;
	/** What was named before the first word. */
	early: Version[];
}> {
	const { head, number, all, versions, past } = await db.asPerson(person.id, async (tx) => {
		const head = await readHead(tx, person, id);
		const begins = await beginningFor(tx, person, head);
		return {
			head,
			number: await lastNumber(tx, id),
			all: sittingsOf(await stretchesOf(tx, id))
				.filter((sitting) => sitting.number > begins)
				.map((sitting) => ({ ...sitting, before: Math.max(sitting.before, begins) }))
				.toReversed(),
			versions: (await versionsOf(tx, head)).filter((version) => version.number >= begins),
			past: await readPast(tx, id).catch(notRead(id))
		};
	});
	const rest = before === null ? all : all.filter((sitting) => sitting.number <= before);
	const shown = rest.slice(0, sittingsOnPage);
	const between = shown.map((sitting) => ({ from: sitting.before, to: sitting.number }));
	const sums = past && (await askPast(past, { ask: 'differences', between }).catch(notRead(id)));
	return {
		head,
		number,
		sittings: shown.map(({ personIds, ...sitting }, i) => ({
			...sitting,
			who: personIds.map(saidBy(head, person)),
			summary: sums?.[i] ? summaryOf(sums[i], saidBy(head, person)) : null,
			versions: versions.filter((version) => version.number > sitting.before && version.number <= sitting.number)
		})),
		older: rest[sittingsOnPage]?.number ?? null,
		early:
			rest.length <= sittingsOnPage ? versions.filter((version) => version.number <= (all.at(-1)?.before ?? 0)) : []
	};
}

/** A page about the past must not fail because a row of years ago is damaged, or the log too long: it says what it knows. */
const notRead = (reflection: string) => (error: unknown) => {
	log('past-not-read', { reflection, ...traceOf(error) });
	return null;
};

const noSuchVersion = () => notFound('version of this reflection');
const notKept = () =>
	new Refusal(
		'rule',
		'How the text was then is not known any more: this was written before Wayfellow kept every step. Later versions are all here.'
	);

type Opened = {
	head: ReflectionHead;
	begins: number;
	last: number;
	past: Past;
	stretches: Stretch[];
	versions: Version[];
};

/**
 * A reflection with its past, for rows that are there.
 * @throws Refusal not-found when the reflection or one of the rows is not
 */
const open = (tx: Tx, person: Person, id: string, numbers: number[]): Promise<Opened> =>
	readHead(tx, person, id).then(async (head) => {
		const last = await lastNumber(tx, id);
		const begins = await beginningFor(tx, person, head);
		if (!numbers.every((number) => Number.isInteger(number) && number >= begins && number <= last))
			throw noSuchVersion();
		return {
			head,
			begins,
			last,
			past: await readPast(tx, id),
			stretches: await stretchesOf(tx, id),
			versions: await versionsOf(tx, head)
		};
	});

/** A state of the text: what it is called, and when it came about. */
export type Point = { number: number; at: Date | null; names: string[] };

function pointOf({ stretches, versions }: Pick<Opened, 'stretches' | 'versions'>, number: number): Point {
	const around = stretches.filter((one) => one.fromNumber <= number && number <= one.toNumber);
	const exact = around.find(({ toNumber }) => toNumber === number) ?? around[0];
	return {
		number,
		at: exact ? (exact.toNumber === number ? exact.toAt : exact.fromAt) : null,
		names: versions.filter((version) => version.number === number).map(({ name }) => name)
	};
}

/**
 * How the text was after a row, as HTML of our own renderer.
 * @throws Refusal not-found when the reflection or the row is not there, rule when that is not known any more
 */
export async function readVersion(db: Database, person: Person, id: string, number: number) {
	const opened = await db.asPerson(person.id, (tx) => open(tx, person, id, [number]));
	const answer = await askPast(opened.past, { ask: 'state', number });
	if (!answer) throw notKept();
	const { head, last, versions } = opened;
	return {
		head,
		last,
		point: pointOf(opened, number),
		versions: versions.filter((version) => version.number === number),
		html: renderSettled(settledFrom(answer.state))
	};
}

export type ReadDifference = {
	head: ReflectionHead;
	from: Point;
	to: Point;
	last: number;
	/** Since when, where it was asked for what is new to this person. */
	since: 'looked' | 'wrote' | 'start' | null;
	difference: Difference;
	summary: string;
	/** How each line and each author is said. */
	names: Record<string, string>;
};

/**
 * What is different between two states, the older one first whichever was named first.
 * @param asked rows; `last` stands for what the person had seen when they last left, and nothing for how it is now
 * @throws Refusal as `readVersion`
 */
export async function readDifference(
	db: Database,
	person: Person,
	id: string,
	asked: { from: number | 'last'; to: number | null }
): Promise<ReadDifference> {
	const { opened, from, to, since } = await db.asPerson(person.id, async (tx) => {
		const opened = await open(
			tx,
			person,
			id,
			[asked.from, asked.to].filter((number) => typeof number === 'number')
		);
		const look = asked.from === 'last' ? await lookOf(tx, person, opened) : null;
		const ends = [look ? Math.max(look.number, opened.begins) : Number(asked.from), asked.to ?? opened.last];
		return { opened, from: Math.min(...ends), to: Math.max(...ends), since: look?.since ?? null };
	});
	const difference = await askPast(opened.past, { ask: 'difference', from, to });
	if (!difference) throw notKept();
	const { head, last } = opened;
	const { teacher, mentor } = head.pair;
	return {
		head,
		from: pointOf(opened, from),
		to: pointOf(opened, to),
		last,
		since,
		difference,
		summary: summaryOf(difference, saidBy(head, person)),
		names: Object.fromEntries([teacher, mentor].map((one) => [one.id, one.id === person.id ? 'you' : one.name]))
	};
}

/** How far somebody had read when they left, or else where they stopped writing before now, or else the beginning. */
async function lookOf(
	tx: Tx,
	person: Person,
	{ head, last, stretches }: Opened,
	now = new Date()
): Promise<{ number: number; since: 'looked' | 'wrote' | 'start' }> {
	const [look] = await tx
		.select({ number: reflectionLooks.upToNumber })
		.from(reflectionLooks)
		.where(and(eq(reflectionLooks.reflectionId, head.id), eq(reflectionLooks.personId, person.id)));
	// After a restore from an older backup somebody may have seen rows that are gone.
	if (look) return { number: Math.min(look.number, last), since: 'looked' };
	const wrote = sittingsOf(stretches).findLast(
		(sitting) => sitting.personIds.includes(person.id) && now.getTime() - sitting.toAt.getTime() >= pauseMs
	);
	return wrote ? { number: wrote.number, since: 'wrote' } : { number: 0, since: 'start' };
}

/**
 * A person says that they have read up to a row.
 * @throws Refusal not-found when the reflection is not theirs to read, or has no such row
 */
export async function haveRead(db: Database, person: Person, id: string, number: number): Promise<void> {
	await db.asPerson(person.id, async (tx) => {
		await readHead(tx, person, id);
		if (!Number.isInteger(number) || number < 0 || number > (await lastNumber(tx, id))) throw noSuchVersion();
	});
	await noteLook(db, person.id, id, number);
}

// ---- who wrote what -------------------------------------------------------------------------------------------------

export type WhoWrote = {
	head: ReflectionHead;
	/** Null when the log is damaged or its beginning is gone. */
	blocks: Block[] | null;
	shares: SaidShare[];
	/** What the issuer wants the pair to know; null when there is nothing to say. */
	notice: string | null;
	note: string;
};

/** @throws Refusal not-found when its words are not the person's to read */
export async function readWhoWrote(db: Database, person: Person, id: string): Promise<WhoWrote> {
	const { opened, rule } = await db.asPerson(person.id, async (tx) => {
		const opened = await open(tx, person, id, []);
		const [rule] = await tx
			.select({ ownWordsPercent: microcredentialVersions.ownWordsPercent, issuer: issuers.name })
			.from(reflections)
			.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, reflections.microcredentialVersionId))
			.innerJoin(microcredentials, eq(microcredentials.id, microcredentialVersions.microcredentialId))
			.innerJoin(issuers, eq(issuers.id, microcredentials.issuerId))
			.where(eq(reflections.id, id));
		return { opened, rule };
	});
	const { head, last, past, stretches } = opened;
	const blocks = await askPast(past, { ask: 'authors', number: last });
	const shares = sharesOf(blocks ?? []);
	const { teacher, mentor } = head.pair;
	const accepted = shares.some(({ author }) => author === mentor.id)
		? await askPast(past, { ask: 'accepted', number: last, author: mentor.id, by: teacher.id }).catch(notRead(id))
		: null;
	const sittings = sittingsOf(stretches);
	const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
	const work = sittings.length
		? { sittings: sittings.length, from: day.format(sittings[0]!.fromAt), to: day.format(sittings.at(-1)!.toAt) }
		: null;
	return {
		head,
		blocks,
		shares: inPercent(shares),
		notice: rule ? ownWordsNotice(shares, { teacherId: teacher.id, ...rule }) : null,
		note: collaborationNote({
			shares,
			teacherId: teacher.id,
			mentorId: mentor.id,
			microcredential: head.microcredential,
			accepted: accepted?.words ?? null,
			work
		})
	};
}

// ---- what changes something -----------------------------------------------------------------------------------------

const onlyToRead = 'This reflection can only be read now, so nothing has changed in it.';

/**
 * Gives a state of the text a name: how it is now, or how it was after a row.
 * @throws Refusal not-found as `readVersion`, rule when the name won't do or there are too many
 */
export async function nameVersion(
	db: Database,
	person: Person,
	id: string,
	given: { name: string; number: number | null }
): Promise<Version> {
	const name = titleOf(given.name);
	return db.asPerson(person.id, async (tx) => {
		const head = await readHead(tx, person, id);
		if (head.access !== 'write') throw new Refusal('rule', onlyToRead);
		const last = await lastNumber(tx, id);
		const number = given.number ?? last;
		const begins = await beginningFor(tx, person, head);
		if (!Number.isInteger(number) || number < begins || number > last) throw noSuchVersion();
		if (name === '') throw new Refusal('rule', 'Please say what this version is called; you will find it again by it.');
		if ([...name].length > longestName)
			throw new Refusal('rule', `This name is longer than ${longestName} characters. Please shorten it.`);
		const [{ n } = { n: 0 }] = await tx
			.select({ n: count() })
			.from(reflectionVersions)
			.where(and(eq(reflectionVersions.reflectionId, id), eq(reflectionVersions.kind, 'named')));
		if (n >= mostVersions)
			throw new Refusal(
				'rule',
				`This reflection has ${mostVersions} named versions already, and that is as many as it can have. Every sitting stays in its history without a name too.`
			);
		const made = {
			id: uuidv7(),
			reflectionId: id,
			kind: 'named' as const,
			name,
			upToNumber: number,
			createdBy: person.id
		};
		await tx.insert(reflectionVersions).values(made);
		return { id: made.id, kind: 'named', name, number, by: person.name, at: new Date() };
	});
}

/**
 * Makes the text what it was after a row, as one more edit at the end of the log: nothing is taken out of its history.
 *
 * The edit stands on what the person saw (`seen`). Whatever was written since then stays, as with anybody who writes at the
 * same time; but they are told first, once, because it is then not only the older text.
 * @param sure they know that something was written since
 * @returns the row, or null when the text is already so
 * @throws Refusal not-found as `readVersion`, rule when it may not be written in, or something was written meanwhile
 */
export async function bringBack(
	db: Database,
	by: { person: Person; sessionId: string },
	id: string,
	{ number: to, seen, sure }: { number: number; seen: number; sure: boolean }
): Promise<number | null> {
	const { person, sessionId } = by;
	const { head, last, past } = await db.asPerson(person.id, (tx) => open(tx, person, id, [to, seen]));
	if (head.access !== 'write') throw new Refusal('rule', onlyToRead);
	if (to > seen) throw noSuchVersion();
	if (last > seen && !sure)
		throw new Refusal(
			'rule',
			'Somebody has written in this reflection since you opened this page, so nothing has changed yet. Look at how it is now; if you bring this version back all the same, what was written meanwhile stays beside it.'
		);
	const made = await askPast(past, { ask: 'restore', to, seen });
	if (!made) throw notKept();
	if (made.update === null) return null;
	const { update, client } = made;
	const now = await askPast(past, { ask: 'state', number: last });
	if ((now?.state.length ?? 0) + update.length > limits.documentBytes)
		throw new Refusal('rule', 'With this version the reflection would be longer than it can be. Nothing has changed.');

	const session = db.serviceSession();
	try {
		let after = last;
		for (let attempt = 0; attempt < tries; attempt++) {
			const row = { reflectionId: id, after, personId: person.id, sessionId, updates: [update], clients: [client] };
			const [appended] = await appendRows(session, [row]).catch((error: unknown) => {
				// Another server wrote the same number at this instant.
				if (sqlStateOf(error) === '23505') return [{ kind: 'behind' as const }];
				throw error;
			});
			if (appended?.kind === 'written') {
				tellLive(id, { number: appended.number, personId: person.id, updates: [update] });
				return appended.number;
			}
			if (appended?.kind !== 'behind') throw new Refusal('rule', onlyToRead);
			after = await db.asPerson(person.id, (tx) => lastNumber(tx, id));
		}
	} finally {
		await session.close();
	}
	throw new Refusal(
		'away',
		'So much is being written here at this moment that your change found no place. Nothing has changed; please try again in a moment.'
	);
}

/**
 * Asks everybody in a planted world everything: the tables as the app's role with their claims, the verbs behind the pages, and
 * what sockets are told. Whatever differs from the model is said in a sentence.
 */
import { sql } from 'drizzle-orm';
import { readHome } from '#lib/progress/home.server.ts';
import { readPeopleAndInvitations } from '#lib/program/invitation.server.ts';
import { readPairSpace } from '#lib/progress/pair-space.server.ts';
import { Refusal } from '#lib/errors.ts';
import { listPairs, readPair } from '#lib/pairing/pair.server.ts';
import { accessOfAll, type Holder } from '#lib/reflection/access.server.ts';
import { listReflections, readReflection, writesAnywhere } from '#lib/reflection/reflection.server.ts';
import type { Database } from '#lib/server/database.ts';
import { proven } from '../pair-world.ts';
import { allowed } from '../row-policy-cases.ts';
import { type Facts, talkOf } from './facts.ts';
import { Model, open } from './model.ts';
import { canary, idOf, nameOf, versionId } from './names.ts';

/** By which column a table's rows are named. */
const nameColumn: Record<string, string> = {
	email_addresses: 'person_id',
	pair_events: 'pair_id',
	meetings: 'pair_id',
	agenda_items: 'pair_id',
	check_ins: 'pair_id',
	check_in_signals: 'pair_id',
	meeting_notes: 'pair_id',
	meeting_settings: 'person_id',
	program_times: 'program_id',
	reflection_updates: 'reflection_id',
	reflection_snapshots: 'reflection_id',
	reflection_history: 'reflection_id',
	reflection_clients: 'reflection_id',
	reflection_sharings: 'reflection_id',
	reflection_versions: 'reflection_id',
	reflection_looks: 'reflection_id',
	reflection_passages: 'reflection_id',
	person_settings: 'person_id',
	coach_letters: 'person_id',
	notifications: 'person_id',
	notification_settings: 'person_id',
	notification_mutes: 'person_id',
	push_subscriptions: 'person_id',
	framework_drafts: 'person_id',
	provider_accounts: 'subject',
	program_stacks: 'program_id',
	program_breaks: 'program_id',
	program_counts: 'program_id',
	outcome_grants: 'enrollment_id',
	pauses: 'enrollment_id',
	pause_reasons: 'enrollment_id',
	plans: 'enrollment_id',
	plan_dates: 'enrollment_id',
	second_reasons: 'reflection_id',
	program_capacity: 'program_id',
	matchings: 'program_id',
	post_words: 'post_id',
	post_mentions: 'post_id',
	post_reactions: 'post_id',
	thread_reads: 'thread_id',
	cohort_voices: 'person_id',
	nameless_marks: 'thread_id',
	teaching_facts: 'person_id',
	earlier_passages: 'pair_id'
};

export type Disagreement = { person: string; about: string; sentence: string };

/** Everything in which the database, the verbs and the sockets differ from the model, for these people. */
export async function disagreements(
	db: Database,
	facts: Facts,
	people = facts.people.map(({ name }) => name)
): Promise<Disagreement[]> {
	const model = new Model(facts);
	const found: Disagreement[] = [];
	const tables = await tablesOfThePublic(db);
	for (const person of people) {
		/** @param real what was found, `right` what the model says */
		const compare = (about: string, real: readonly string[], right: readonly string[]) => {
			const [a, b] = [new Set(real), new Set(right)];
			const list = (names: string[]) => names.sort().join(', ');
			const [more, less] = [list([...a].filter((x) => !b.has(x))), list([...b].filter((x) => !a.has(x)))];
			const twice = real.length > a.size ? ' (and something twice)' : '';
			if (more || less || twice)
				found.push({
					person,
					about,
					sentence: `${person}, ${about}: ${more ? `finds ${more}, which is not theirs` : `does not find ${less || 'nothing'}, which is theirs`}${twice}.`
				});
		};
		await compareTables(db, facts, model, person, tables, compare);
		await compareVerbs(db, facts, model, person, compare);
	}
	await compareSockets(db, facts, model, people, found);
	return found;
}

type Compare = (about: string, real: readonly string[], right: readonly string[]) => void;

async function tablesOfThePublic(db: Database): Promise<string[]> {
	const { rows } = (await db.asOwner((tx) =>
		tx.execute(sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)
	)) as unknown as { rows: { name: string }[] };
	return rows.map(({ name }) => name);
}

async function compareTables(
	db: Database,
	facts: Facts,
	model: Model,
	person: string,
	tables: string[],
	compare: Compare
): Promise<void> {
	const right = model.sees(person);
	await db.asPerson(idOf(person), async (tx) => {
		const readable = (await tx.execute(
			sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
				and has_table_privilege(oid, 'select')`
		)) as unknown as { rows: { name: string }[] };
		for (const { name } of readable.rows) {
			if (open.includes(name)) continue;
			if (!right[name])
				throw new Error(`The table ${name} can be read, and tests/worlds/model.ts does not say by whom.`);
			const column = sql.identifier(nameColumn[name] ?? 'id');
			const { rows } = (await tx.execute(
				sql`select distinct ${column}::text as id from ${sql.identifier(name)}`
			)) as unknown as { rows: { id: string }[] };
			compare(
				name,
				rows.map(({ id }) => nameOf(id)),
				right[name]
			);
		}
		const refused = tables.filter((name) => !readable.rows.some((row) => row.name === name));
		compare('tables that nobody reads', refused, [
			'address_proofs',
			'mail_messages',
			'passkey_challenges',
			'provider_requests',
			'rate_limits',
			'push_messages',
			'sign_in_links',
			'unsubscribe_tokens'
		]);
	});
	for (const pair of facts.pairs) {
		const row = {
			pair_id: idOf(pair.name),
			microcredential_version_id: versionId,
			title: 'New',
			created_by: idOf(person)
		};
		const starts = await allowed(db, idOf(person), (tx) =>
			tx.execute(sql`insert into reflections (id, pair_id, microcredential_version_id, title, created_by)
				values (gen_random_uuid(), ${row.pair_id}, ${row.microcredential_version_id}, ${row.title}, ${row.created_by})`)
		);
		const ends: string[] = [];
		await allowed(db, idOf(person), async (tx) => {
			const { rows } = (await tx.execute(
				sql`update pairs set status = 'ended', ended_as = 'withdrawn', ended_at = now() where id = ${row.pair_id} returning id`
			)) as unknown as { rows: unknown[] };
			if (rows.length > 0) ends.push('end');
		});
		compare(
			`writing at ${pair.name}`,
			[...(starts ? ['start'] : []), ...ends],
			[...(model.words(person, pair) === 'write' ? ['start'] : []), ...(model.mayEnd(person, pair) ? ['end'] : [])]
		);
	}
}

/** What the pages are made from. Whoever left has no page: `compareSockets` sees that their sessions are over. */
async function compareVerbs(db: Database, facts: Facts, model: Model, person: string, compare: Compare): Promise<void> {
	if (!model.here(person)) return;
	const who = { id: idOf(person), name: canary.name(person), initials: 'P' };
	const said = (pair: { standing: string; mayEnd: boolean }, name: string) =>
		`${name} as ${pair.standing}${pair.mayEnd ? ' who may end it' : ''}`;
	const right = facts.pairs.map((pair) => ({
		pair,
		words: model.words(person, pair),
		said: said({ standing: model.standing(person, pair), mayEnd: model.mayEnd(person, pair) }, pair.name)
	}));
	const seen = right.filter(({ pair }) => model.standing(person, pair) !== 'stranger');

	compare(
		'the list of pairs',
		(await listPairs(db, who, proven)).map((pair) => said(pair, nameOf(pair.id))),
		seen.filter(({ pair }) => model.standing(person, pair) !== 'manager').map((one) => one.said)
	);
	const own = facts.reflections.filter((reflection) => model.reads(person, reflection) !== 'none');
	const ownSaid = own.map((reflection) => `${reflection.name} to ${model.reads(person, reflection)}`);
	compare(
		'the list of reflections',
		(await listReflections(db, who)).map(({ id, access }) => `${nameOf(id)} to ${access}`),
		ownSaid
	);
	compare(
		'the way to the list of reflections',
		(await writesAnywhere(db, who)) ? ['it'] : [],
		right.some(({ words }) => words !== 'none') ? ['it'] : []
	);

	const readable: string[] = [];
	for (const { name } of facts.reflections) {
		const page = await orNothing(readReflection(db, who, idOf(name)));
		if (page) readable.push(`${name} to ${page.access}`);
	}
	compare('pages of reflections', readable, ownSaid);

	const pages: unknown[] = [await readHome(db, who, proven, new Date())];
	const found: string[] = [];
	const spaces: string[] = [];
	for (const { name } of facts.pairs) {
		const pair = await orNothing(readPair(db, who, proven, idOf(name)));
		if (pair) found.push(said(pair, name));
		const space = await orNothing(readPairSpace(db, who, proven, idOf(name), new Date()));
		if (!space) continue;
		pages.push(space);
		spaces.push(`${name} to ${space.access}`);
	}
	compare(
		'pages of pairs',
		found,
		seen.map((one) => one.said)
	);
	compare(
		'words on pages of pairs',
		spaces,
		seen.map(({ pair, words }) => `${pair.name} to ${words}`)
	);

	const listed: string[] = [];
	const asked = { on: null, role: null, search: null, after: null };
	for (const { name: program } of facts.programs) {
		const at = { people: asked, invitations: { state: null, after: null } };
		const found = await orNothing(readPeopleAndInvitations(db, who, idOf(program), at));
		if (!found) continue;
		pages.push(found);
		const ids = [
			...[...found.people, ...found.overseers].map(({ roleId }) => roleId),
			...found.invited.invitations.map((one) => one.id)
		];
		listed.push(program, ...ids.map((one) => `${nameOf(one)} of ${program}`));
	}
	compare(
		'pages of people',
		listed,
		facts.programs.flatMap(({ name: program }) =>
			model.manages(person, program) ? [program, ...model.peopleOf(program).map((one) => `${one} of ${program}`)] : []
		)
	);

	compare('what pages say', leaks(facts, model, person, JSON.stringify(pages)), []);
}

/**
 * Canaries in a text that somebody gets and that the model keeps from them.
 * @param named people whom this one page names to them, and no table does
 */
export function leaks(
	facts: Facts,
	model: Model,
	person: string | null,
	text: string,
	named: ReadonlySet<string> = new Set()
): string[] {
	const talks = facts.enrollments.map(({ name }) => ({ name: talkOf(name) }));
	const sees = person === null ? {} : model.sees(person);
	const told = person === null ? new Set<string>() : model.toldAbove(person);
	const kept = (rows: { name: string }[], table: string) => rows.filter(({ name }) => !sees[table]?.includes(name));
	return [
		...kept(facts.people, 'people').flatMap(({ name }) =>
			told.has(name) || named.has(name) ? [] : [canary.name(name)]
		),
		...kept(facts.programs, 'programs').map(({ name }) => canary.name(name)),
		...kept(facts.cohorts, 'cohorts').map(({ name }) => canary.name(name)),
		...kept(facts.pairs, 'pairs').map(({ name }) => canary.reason(name)),
		...kept(facts.pairs, 'check_ins').map(({ name }) => canary.stuck(name)),
		...kept(talks, 'threads').map(({ name }) => canary.thread(name)),
		...kept(talks, 'post_words').map(({ name }) => canary.post(name)),
		...kept(facts.invitations, 'invitations').map(({ name }) => canary.invited(name)),
		...kept(facts.reflections, 'reflections').flatMap(({ name }) => [
			canary.title(name),
			canary.words(name),
			canary.frozen(name)
		]),
		...kept(facts.reflections, 'reflection_passages').map(({ name }) => canary.passage(name))
	].filter((sentence) => text.includes(sentence));
}

async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
	try {
		return await asked;
	} catch (error) {
		if (error instanceof Refusal && error.reason === 'not-found') return null;
		throw error;
	}
}

async function compareSockets(
	db: Database,
	facts: Facts,
	model: Model,
	people: string[],
	found: Disagreement[]
): Promise<void> {
	const asked = people.flatMap((person) =>
		facts.reflections.flatMap((reflection) =>
			// Their own sessions, and one of somebody else.
			facts.sessions
				.filter((session, i) => session.person === person || i === 0)
				.map((session) => ({ person, reflection, session }))
		)
	);
	const holders = asked.map(({ person, reflection, session }): Holder => ({
		personId: idOf(person),
		sessionId: idOf(session.name),
		reflectionId: idOf(reflection.name)
	}));
	const answers = await accessOfAll(db, holders);
	for (const [i, { person, reflection, session }] of asked.entries()) {
		const real = `${answers[i]!.access}, session ${answers[i]!.session}`;
		const { access, session: stands } = model.holds(person, session, reflection);
		const right = `${access}, session ${stands}`;
		const about = `socket of ${reflection.name} through ${session.name}`;
		if (real !== right) found.push({ person, about, sentence: `${person}, ${about}: ${real} instead of ${right}.` });
	}
}

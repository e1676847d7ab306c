/**
 * Fills a database with plausible load for measuring: districts, schools, cohorts of 25, pairs, caseloads, reflections
 * with text, submissions, awards. The same seed gives the same rows, ids and times included. Nothing here is random
 * twice: one generator per cohort, so a cohort does not depend on how many stand before it.
 */
import { sql } from 'drizzle-orm';
import * as Y from 'yjs';
import { rootName } from '#lib/reflection/document.ts';
import { packRows, packUpdates } from '#lib/reflection/log.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';

/** Every teacher of a large state; beyond, one database per state is the better answer (docs/decisions). */
export const mostTeachers = 100_000;
const cohortSize = 25;
const cohortsPerDistrict = 20;
const schoolsPerDistrict = 12;
/** Cohorts written in one transaction: about a thousand teachers, some megabytes, whatever the total. */
const cohortsAtOnce = 40;

export type LoadOptions = {
	/** How many teachers, 1 to `mostTeachers`. */
	teachers: number;
	/** 0 to 65,535. */
	seed?: number;
	/** The instant at which the school year has come this far; times count back from here. */
	now?: Date;
	progress?: (teachersDone: number) => void;
};

/** How many rows were written, by table. */
export type LoadCounts = Record<string, number>;

/** @throws Refusal when a number is none or out of range; asks nothing of the database, so a typo is told at once */
export function checkLoad({ teachers, seed = 1 }: Pick<LoadOptions, 'teachers' | 'seed'>): void {
	if (!Number.isInteger(teachers) || teachers < 1 || teachers > mostTeachers)
		throw new Refusal('rule', `--teachers takes a whole number from 1 to ${mostTeachers.toLocaleString('en')}.`);
	if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff)
		throw new Refusal('rule', '--seed takes a whole number from 0 to 65535.');
}

/**
 * @throws Refusal when the numbers are out of range, or when this load (same seed) is in the database already
 */
export async function plantLoad(db: Database, options: LoadOptions): Promise<LoadCounts> {
	const { teachers, seed = 1, now = new Date('2026-11-23T18:00:00Z'), progress = () => {} } = options;
	checkLoad(options);
	const load = new Load(seed, now);
	await load.begin(db);
	const cohorts = Math.ceil(teachers / cohortSize);
	for (let first = 0; first < cohorts; first += cohortsAtOnce) {
		const last = Math.min(first + cohortsAtOnce, cohorts);
		const rows = new Rows();
		for (let n = first; n < last; n++) load.cohort(rows, n, Math.min(cohortSize, teachers - n * cohortSize));
		await db.asOwner((tx) => rows.write(tx, load.counts));
		progress(Math.min(last * cohortSize, teachers));
	}
	// The embedded database never gathers statistics by itself, and without them the planner guesses.
	await db.asOwner((tx) => tx.execute(sql`analyze`));
	return load.counts;
}

const firstNames =
	'Ana Ben Chidi Dana Elif Finn Gita Hugo Imani Jonas Keiko Luca Mira Nils Olga Paul Quinn Rosa Sami Tara Uma Vito Wren Yusuf Zoe'.split(
		' '
	);
const lastNames =
	'Abbott Baker Castro Diaz Engel Farah Garcia Hayes Ito Jansen Khan Lopez Mori Novak Okoye Park Quiroz Rossi Silva Tran Ueda Vance Weber Xu Young Zeller'.split(
		' '
	);
const sentences = [
	'I asked how a seed knows which way is up, and counted to five.',
	'Three hands went up in the back row, which never happens.',
	'The second group finished early and explained it to the first.',
	'I had planned twelve minutes for this and it took twenty.',
	'What surprised me was who answered, not what the answer was.',
	'Next time I want to write the question on the board first.',
	'When I listened to the recording I heard how often I answer for them.',
	'The bags were away before the bell, without a word from me.',
	'One comment each, one next step, ten minutes to use it.',
	'I would like to try the same with the afternoon class.'
];

/** mulberry32: small, even enough for plausible data, the same on every machine. */
function generator(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const kinds = [
	'organization',
	'person',
	'role',
	'issuer',
	'microcredential',
	'version',
	'stack',
	'program',
	'cohort',
	'enrollment',
	'pair',
	'event',
	'caseload',
	'reflection',
	'submission',
	'award',
	'sharing'
] as const;

const day = 86_400_000;
const microcredentials = 15;
/** Texts that reflections share: enough lengths to be plausible, few enough to make quickly. */
const texts = 60;

class Load {
	readonly counts: LoadCounts = {};
	readonly #seed: number;
	readonly #now: number;
	readonly #texts: LoadText[];

	constructor(seed: number, now: Date) {
		this.#seed = seed;
		this.#now = now.getTime();
		const random = generator(seed);
		this.#texts = Array.from({ length: texts }, () => writeText(random));
	}

	/** The nth id of a kind: a valid UUID of version 7 that names seed, kind and number. */
	#id(kind: (typeof kinds)[number], n: number): string {
		const seed = this.#seed.toString(16).padStart(4, '0');
		return `0193f000-${seed}-70${String(kinds.indexOf(kind)).padStart(2, '0')}-8000-${String(n).padStart(12, '0')}`;
	}

	#ago(days: number): string {
		return new Date(this.#now - days * day).toISOString();
	}

	/** What all cohorts share: a state, a program and its catalogue. */
	async begin(db: Database): Promise<void> {
		const rows = new Rows();
		const label = `load ${this.#seed}`;
		rows.add('organizations', {
			id: this.#id('organization', 0),
			kind: 'state',
			name: `State of ${label}`,
			time_zone: 'America/Chicago'
		});
		rows.add('issuers', { id: this.#id('issuer', 0), key: `load-${this.#seed}`, name: `Issuer of ${label}` });
		for (let n = 0; n < microcredentials; n++) {
			rows.add('microcredentials', {
				id: this.#id('microcredential', n),
				issuer_id: this.#id('issuer', 0),
				key: `item-${n + 1}`
			});
			rows.add('microcredential_versions', {
				id: this.#id('version', n),
				microcredential_id: this.#id('microcredential', n),
				number: 1,
				title: `Microcredential ${n + 1}`,
				competency: `The teacher does thing ${n + 1} well.`,
				method_components: [],
				research: [],
				levels: ['Not yet', 'Demonstrated'],
				passing_level: 1,
				hours: 5 + (n % 10),
				status: 'published',
				published_at: this.#ago(400)
			});
		}
		rows.add('stacks', {
			id: this.#id('stack', 0),
			key: `load-${this.#seed}`,
			title: 'Three of fifteen',
			summary: 'For measuring.'
		});
		rows.add('stack_versions', {
			id: this.#id('stack', 1),
			stack_id: this.#id('stack', 0),
			number: 1,
			rule: { kind: 'at-least', count: 3, counts: 'earned' },
			published_at: this.#ago(400)
		});
		for (let n = 0; n < microcredentials; n++)
			rows.add('stack_items', {
				stack_version_id: this.#id('stack', 1),
				microcredential_id: this.#id('microcredential', n),
				position: n + 1
			});
		rows.add('programs', {
			id: this.#id('program', 0),
			key: `load-${this.#seed}`,
			name: `Program of ${label}`,
			organization_id: this.#id('organization', 0),
			time_zone: 'America/Chicago',
			starts_on: this.#ago(110).slice(0, 10)
		});
		await db.asOwner(async (tx) => {
			const there = (await tx.execute(
				sql`select from organizations where id = ${this.#id('organization', 0)}`
			)) as unknown as { rows: unknown[] };
			if (there.rows.length > 0)
				throw new Refusal(
					'rule',
					`This database holds the load of seed ${this.#seed} already. Take another --seed, or an empty database.`
				);
			await rows.write(tx, this.counts);
		});
	}

	/** One cohort with its mentors, its coach, and all that its teachers have done. */
	cohort(rows: Rows, n: number, size: number): void {
		const random = generator(this.#seed * 100_003 + n);
		const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
		const district = 1 + Math.floor(n / cohortsPerDistrict) * (schoolsPerDistrict + 1);
		if (n % cohortsPerDistrict === 0) {
			const number = 1 + n / cohortsPerDistrict;
			rows.add('organizations', {
				id: this.#id('organization', district),
				kind: 'district',
				parent_id: this.#id('organization', 0),
				name: `District ${number}`,
				time_zone: 'America/Chicago'
			});
			for (let s = 1; s <= schoolsPerDistrict; s++)
				rows.add('organizations', {
					id: this.#id('organization', district + s),
					kind: 'school',
					parent_id: this.#id('organization', district),
					name: `School ${number}-${s}`,
					time_zone: 'America/Chicago'
				});
		}
		const school = () => this.#id('organization', district + 1 + Math.floor(random() * schoolsPerDistrict));
		// A cohort's people are numbered together: 25 teachers, at most 25 mentors, a coach.
		const base = n * 64;
		const person = (at: number) => {
			const id = this.#id('person', base + at);
			const [first, last] = [pick(firstNames), pick(lastNames)];
			rows.add('people', {
				id,
				name: `${first} ${last}`,
				initials: first[0]! + last[0]!,
				organization_id: school(),
				created_at: this.#ago(130)
			});
			rows.add('email_addresses', {
				address: `load-${this.#seed}-${base + at}@wayfellow.example`,
				person_id: id,
				kind: 'school'
			});
			rows.add('person_settings', { person_id: id, first_run_at: this.#ago(109) });
			return id;
		};
		const role = (at: number, personId: string, name: string) =>
			rows.add('roles', {
				id: this.#id('role', base + at),
				person_id: personId,
				role: name,
				scope_kind: 'cohort',
				scope_id: this.#id('cohort', n),
				from_at: this.#ago(110)
			});

		rows.add('cohorts', {
			id: this.#id('cohort', n),
			program_id: this.#id('program', 0),
			name: `Cohort ${n + 1}`,
			wave: 1 + Math.floor(n / 200),
			capacity: cohortSize,
			starts_on: this.#ago(110).slice(0, 10)
		});
		const coach = person(63);
		role(63, coach, 'coach');
		let mentor = '';
		let mentees = 0;
		for (let t = 0; t < size; t++) {
			const teacher = person(t);
			role(t, teacher, 'teacher');
			if (mentees === 0) {
				mentees = 1 + Math.floor(random() * 5);
				mentor = person(25 + t);
				role(25 + t, mentor, 'mentor');
			}
			mentees--;
			this.#teacher(rows, random, { n, at: n * cohortSize + t, teacher, mentor, coach });
		}
	}

	#teacher(
		rows: Rows,
		random: () => number,
		{ n, at, teacher, mentor, coach }: { n: number; at: number; teacher: string; mentor: string; coach: string }
	): void {
		const program = this.#id('program', 0);
		rows.add('enrollments', {
			id: this.#id('enrollment', at),
			program_id: program,
			person_id: teacher,
			cohort_id: this.#id('cohort', n),
			stack_version_id: this.#id('stack', 1),
			status: 'active',
			joined_list_at: this.#ago(150),
			enrolled_at: this.#ago(110)
		});
		const pair = this.#id('pair', at);
		const began = 60 + random() * 45;
		const fate = random();
		const ended = fate < 0.04;
		const status = ended ? 'ended' : fate < 0.08 ? 'paused' : 'active';
		rows.add('pairs', {
			id: pair,
			program_id: program,
			cohort_id: this.#id('cohort', n),
			teacher_id: teacher,
			mentor_id: mentor,
			status,
			ended_as: ended ? (random() < 0.5 ? 'completed' : 'rematched') : null,
			proposed_at: this.#ago(began + 4),
			active_at: this.#ago(began),
			ended_at: ended ? this.#ago(began / 3) : null
		});
		rows.add('pair_events', {
			id: this.#id('event', at * 4),
			pair_id: pair,
			kind: 'proposed',
			at: this.#ago(began + 4)
		});
		rows.add('pair_events', {
			id: this.#id('event', at * 4 + 1),
			pair_id: pair,
			kind: 'started',
			at: this.#ago(began),
			by_person_id: mentor
		});
		if (status !== 'active')
			rows.add('pair_events', {
				id: this.#id('event', at * 4 + 2),
				pair_id: pair,
				kind: status,
				at: this.#ago(began / 3),
				by_person_id: teacher
			});
		rows.add('caseloads', { id: this.#id('caseload', at), coach_id: coach, pair_id: pair, from_at: this.#ago(began) });

		const started = Math.floor(random() * 4);
		const first = Math.floor(random() * microcredentials);
		for (let r = 0; r < started; r++) {
			const version = this.#id('version', (first + r) % microcredentials);
			const from = began - (r * began) / 4;
			const text = this.#texts[Math.floor(random() * texts)]!;
			const reflection = this.#id('reflection', at * 4 + r);
			rows.add('reflections', {
				id: reflection,
				pair_id: pair,
				microcredential_version_id: version,
				title: `Reflection ${r + 1}`,
				created_by: teacher,
				created_at: this.#ago(from)
			});
			rows.add('reflection_sharings', {
				id: this.#id('sharing', at * 4 + r),
				reflection_id: reflection,
				shared_by: teacher,
				shared_at: this.#ago(from)
			});
			rows.add('reflection_clients', {
				reflection_id: reflection,
				client_id: teacherClient,
				person_id: teacher,
				first_seen_at: this.#ago(from)
			});
			rows.add('reflection_clients', {
				reflection_id: reflection,
				client_id: mentorClient,
				person_id: mentor,
				first_seen_at: this.#ago(from)
			});
			const last = ended ? from / 3 : from * random();
			const writtenAt = (row: number) => this.#ago(from - ((from - last) * (row + 1)) / text.log.length);
			// Most were folded when everybody had left; some are as the last browser left them.
			if (random() < 1 / 3)
				for (const [i, { by, updates }] of text.log.entries())
					rows.add('reflection_updates', {
						reflection_id: reflection,
						number: i + 1,
						person_id: by === teacherClient ? teacher : mentor,
						updates: hex(packUpdates(updates)),
						created_at: writtenAt(i)
					});
			else {
				rows.add('reflection_snapshots', {
					reflection_id: reflection,
					up_to_number: text.log.length,
					state: text.state,
					created_at: this.#ago(last)
				});
				for (const [client, who] of [
					[teacherClient, teacher],
					[mentorClient, mentor]
				] as const) {
					const written = text.log
						.map(({ by, updates }, i) => ({ by, updates, number: i + 1, at: new Date(writtenAt(i)) }))
						.filter(({ by }) => by === client);
					rows.add('reflection_history', {
						reflection_id: reflection,
						from_number: written[0]!.number,
						to_number: written.at(-1)!.number,
						person_id: who,
						from_at: written[0]!.at.toISOString(),
						to_at: written.at(-1)!.at.toISOString(),
						rows: hex(packRows(written))
					});
				}
			}
			if (random() < 0.45) {
				const submitted = last / 2;
				const decided = random() < 0.7;
				const earned = decided && random() < 0.6;
				rows.add('submissions', {
					id: this.#id('submission', at * 4 + r),
					teacher_id: teacher,
					microcredential_version_id: version,
					submitted_at: this.#ago(submitted),
					decided_at: decided ? this.#ago(submitted / 2) : null,
					decision: decided ? (earned ? 'earned' : 'not-yet') : null
				});
				if (earned)
					rows.add('awards', {
						id: this.#id('award', at * 4 + r),
						person_id: teacher,
						microcredential_version_id: version,
						awarded_at: this.#ago(submitted / 2)
					});
			}
		}
	}
}

const teacherClient = 1001;
const mentorClient = 1002;

/** Bytes are hexadecimal, as Postgres reads them from JSON. */
type LoadText = {
	log: { by: number; updates: Uint8Array[] }[];
	/** The same, as the engine would have folded it. */
	state: string;
};

const hex = (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}`;

/** A text of some paragraphs, the teacher's first and the mentor's last. */
function writeText(random: () => number): LoadText {
	const doc = new Y.Doc();
	const log: LoadText['log'] = [];
	doc.on('update', (update: Uint8Array) => log.push({ by: doc.clientID, updates: [update] }));
	const write = (client: number, paragraphs: number) => {
		doc.clientID = client;
		for (let p = 0; p < paragraphs; p++) {
			const text = Array.from(
				{ length: 2 + Math.floor(random() * 5) },
				() => sentences[Math.floor(random() * sentences.length)]!
			).join(' ');
			const paragraph = new Y.XmlElement('paragraph');
			paragraph.insert(0, [new Y.XmlText(text)]);
			doc.getXmlFragment(rootName).push([paragraph]);
		}
	};
	write(teacherClient, 2 + Math.floor(random() * 5));
	write(mentorClient, 1);
	const text: LoadText = { log, state: hex(Y.encodeStateAsUpdate(doc)) };
	doc.destroy();
	return text;
}

/** Parents before children, as the foreign keys want it. */
const order = [
	'organizations',
	'issuers',
	'microcredentials',
	'microcredential_versions',
	'stacks',
	'stack_versions',
	'stack_items',
	'programs',
	'cohorts',
	'people',
	'email_addresses',
	'person_settings',
	'roles',
	'enrollments',
	'pairs',
	'pair_events',
	'caseloads',
	'reflections',
	'reflection_sharings',
	'reflection_clients',
	'reflection_updates',
	'reflection_snapshots',
	'reflection_history',
	'submissions',
	'awards'
];
/** Rows in one statement: a few hundred kilobytes of JSON. */
const rowsAtOnce = 1000;

/** Rows that wait to be written, by table. */
class Rows {
	readonly #of = new Map<string, Record<string, unknown>[]>();

	add(table: string, row: Record<string, unknown>): void {
		const list = this.#of.get(table);
		if (list) list.push(row);
		else this.#of.set(table, [row]);
	}

	async write(tx: Tx, counts: LoadCounts): Promise<void> {
		for (const table of order) {
			const rows = this.#of.get(table);
			if (!rows) continue;
			const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
			const columns = sql.join(
				names.map((name) => sql.identifier(name)),
				sql`, `
			);
			for (let at = 0; at < rows.length; at += rowsAtOnce) {
				// One JSON parameter instead of thousands of single ones; the table itself says how to read each column.
				const json = JSON.stringify(rows.slice(at, at + rowsAtOnce));
				await tx.execute(
					sql`insert into ${sql.identifier(table)} (${columns}) select ${columns} from jsonb_populate_recordset(null::${sql.identifier(table)}, ${json}::jsonb)`
				);
			}
			counts[table] = (counts[table] ?? 0) + rows.length;
		}
	}
}

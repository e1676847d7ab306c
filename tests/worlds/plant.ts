/** Puts a random world into a real database, row by row as its owner. */
import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { sql } from 'drizzle-orm';
import * as Y from 'yjs';
import { counted } from '#lib/counts/rollup.ts';
import { rootName } from '#lib/reflection/document.ts';
import { packRows } from '#lib/reflection/log.server.ts';
import { asStored, settledFrom } from '#lib/reflection/settled.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type Facts, talkOf } from './facts.ts';
import { handedOn } from './model.ts';
import { addressOf, canary, idOf, versionId } from './names.ts';

/** A reflection's text as the editor keeps it. */
function written(reflection: string): Buffer {
	const doc = new Y.Doc();
	doc.clientID = 1;
	const paragraph = new Y.XmlElement('paragraph');
	paragraph.insert(0, [new Y.XmlText(canary.words(reflection))]);
	doc.getXmlFragment(rootName).insert(0, [paragraph]);
	const update = Buffer.from(Y.encodeStateAsUpdate(doc));
	doc.destroy();
	return update;
}

const outcomeId = (n: number) => `01900000-0000-7000-8099-0000000001${String(n).padStart(2, '0')}`;
const stackVersionId = '01900000-0000-7000-8099-000000000002';

async function insert(tx: Tx, table: string, rows: Record<string, unknown>[]): Promise<void> {
	if (rows.length === 0) return;
	await tx.execute(
		sql`insert into ${sql.identifier(table)} (${sql.join(
			Object.keys(rows[0]!).map((column) => sql.identifier(column)),
			sql`, `
		)})
			values ${sql.join(
				rows.map(
					(row) =>
						sql`(${sql.join(
							Object.values(row).map((value) => sql`${value}`),
							sql`, `
						)})`
				),
				sql`, `
			)}`
	);
}

/** What every world shares. */
async function plantCatalogue(tx: Tx): Promise<void> {
	const id = (n: number) => `01900000-0000-7000-8099-00000000001${n}`;
	await tx.execute(sql`truncate issuers, stacks cascade`);
	await insert(tx, 'issuers', [{ id: id(0), key: 'issuer', name: 'Issuer' }]);
	await insert(tx, 'microcredentials', [{ id: id(1), issuer_id: id(0), key: 'waiting' }]);
	await insert(tx, 'microcredential_versions', [
		{
			id: versionId,
			microcredential_id: id(1),
			number: 1,
			title: 'Wait time',
			competency: 'Waits.',
			status: 'published'
		}
	]);
	await insert(tx, 'stacks', [{ id: id(2), key: 'stack', title: 'Stack', summary: 'One of one' }]);
	await insert(tx, 'stack_versions', [
		{ id: stackVersionId, stack_id: id(2), number: 1, rule: '{"kind":"at-least","count":1,"counts":"earned"}' }
	]);
	await insert(
		tx,
		'stack_outcomes',
		Array.from({ length: 20 }, (_, n) => ({
			id: outcomeId(n),
			stack_version_id: stackVersionId,
			position: n + 1,
			kind: 'role',
			words: 'Teacher leader'
		}))
	);
	await insert(tx, 'stack_items', [{ stack_version_id: stackVersionId, microcredential_id: id(1), position: 1 }]);
}

/** A meeting of each pair with its words, and what people say of their own time. */
async function plantMeetings(tx: Tx, facts: Facts): Promise<void> {
	const meetingOf = new Map(facts.pairs.map(({ name }) => [name, uuidv7()]));
	const days = (n: number) => new Date(Date.now() + n * 24 * 3600_000).toISOString();
	await insert(
		tx,
		'meetings',
		facts.pairs.map(({ name, teacher }) => ({
			id: meetingOf.get(name),
			pair_id: idOf(name),
			kind: 'meeting',
			starts_at: days(-3),
			minutes: 45,
			state: 'accepted',
			proposed_by_id: idOf(teacher),
			told: 0
		}))
	);
	await insert(
		tx,
		'agenda_items',
		facts.pairs.map(({ name, teacher }) => ({
			id: uuidv7(),
			pair_id: idOf(name),
			words: 'Wait time',
			added_by_id: idOf(teacher)
		}))
	);
	await insert(
		tx,
		'meeting_notes',
		facts.pairs.map(({ name, teacher }) => ({
			id: uuidv7(),
			meeting_id: meetingOf.get(name),
			pair_id: idOf(name),
			number: 1,
			notes: 'Notes',
			agreed: 'Agreed',
			written_by_id: idOf(teacher)
		}))
	);
	await insert(
		tx,
		'check_ins',
		facts.pairs.map(({ name, teacher }) => ({
			id: idOf(name),
			pair_id: idOf(name),
			teacher_id: idOf(teacher),
			day: days(-3).slice(0, 10),
			going: 'mixed',
			stuck: canary.stuck(name),
			form_id: uuidv7()
		}))
	);
	await insert(
		tx,
		'check_in_signals',
		facts.pairs.map(({ name }) => ({ check_in_id: idOf(name), pair_id: idOf(name), shows: 'going', going: 'mixed' }))
	);
	await insert(
		tx,
		'calendars',
		facts.times.map(({ name, person }) => ({ id: idOf(name), person_id: idOf(person), name: 'A file' }))
	);
	await insert(
		tx,
		'timetable_periods',
		facts.times.map(({ name, person }) => ({
			id: idOf(name),
			person_id: idOf(person),
			weekday: 3,
			starts_at: '08:00',
			ends_at: '08:45',
			kind: 'prep'
		}))
	);
	await insert(
		tx,
		'meeting_settings',
		facts.settings.map(({ person }) => ({ person_id: idOf(person) }))
	);
	await insert(
		tx,
		'program_times',
		facts.programs.map(({ name }) => ({ id: uuidv7(), program_id: idOf(name), starts_at: '07:30', ends_at: '16:00' }))
	);
	await insert(
		tx,
		'work_shares',
		facts.enrollments.map(({ name, person, program }) => ({
			id: idOf(name),
			program_id: idOf(program),
			person_id: idOf(person),
			from_day: '2026-08-01',
			percent: 50,
			set_by_id: idOf(person)
		}))
	);
}

/** In each cohort a thread of everybody who was ever given a seat in it, with what hangs on one. */
async function plantTalk(tx: Tx, facts: Facts): Promise<void> {
	const seats = facts.enrollments.filter(({ cohort }) => cohort !== null);
	const place = ({ name, cohort }: (typeof seats)[number]) => ({
		thread_id: idOf(talkOf(name)),
		cohort_id: idOf(cohort!)
	});
	const of = (one: (typeof seats)[number]) => ({ post_id: idOf(talkOf(one.name)), cohort_id: idOf(one.cohort!) });
	const put = (table: string, row: (one: (typeof seats)[number]) => Record<string, unknown>) =>
		insert(tx, table, seats.map(row));
	const microcredential = '01900000-0000-7000-8099-000000000011';
	await put('threads', (one) => ({
		id: idOf(talkOf(one.name)),
		cohort_id: idOf(one.cohort!),
		microcredential_id: microcredential,
		kind: 'question',
		title: canary.thread(talkOf(one.name)),
		author_id: idOf(one.person),
		form_id: uuidv7()
	}));
	await put('posts', (one) => ({
		id: idOf(talkOf(one.name)),
		...place(one),
		author_id: idOf(one.person),
		form_id: uuidv7()
	}));
	await put('post_words', (one) => ({
		...of(one),
		thread_id: idOf(talkOf(one.name)),
		revision: 1,
		body: '{"type":"doc","content":[]}',
		words: canary.post(talkOf(one.name))
	}));
	await put('post_files', (one) => ({
		id: idOf(talkOf(one.name)),
		...of(one),
		person_id: idOf(one.person),
		name: 'A picture',
		type: 'image/webp',
		size: 1,
		content: Buffer.of(0)
	}));
	await put('nameless_posts', (one) => ({
		id: idOf(talkOf(one.name)),
		person_id: idOf(one.person),
		cohort_id: idOf(one.cohort!),
		microcredential_id: microcredential,
		title: 'Asked without a name',
		body: '{"type":"doc","content":[]}',
		publish_at: new Date(Date.now() + 3600_000).toISOString()
	}));
	await put('post_reactions', (one) => ({ ...of(one), person_id: idOf(one.person), kind: 'thanks' }));
	await put('thread_reads', (one) => ({ ...place(one), person_id: idOf(one.person), up_to: 1 }));
	await put('thread_choices', (one) => ({
		id: idOf(talkOf(one.name)),
		...place(one),
		person_id: idOf(one.person),
		level: 'watch'
	}));
	await put('post_reports', (one) => ({
		id: idOf(talkOf(one.name)),
		...of(one),
		person_id: idOf(one.person),
		reason: 'other'
	}));
	await put('moderation_acts', (one) => ({
		id: idOf(talkOf(one.name)),
		...place(one),
		act: 'lock',
		reason: 'Because',
		by_id: idOf(one.person)
	}));
}

/** What is known of mentors, about each caseload's coach as if they mentored. */
async function plantMentoring(tx: Tx, facts: Facts): Promise<void> {
	await insert(
		tx,
		'anchor_scores',
		facts.caseloads.map(({ name, pair, coach }) => ({
			id: idOf(name),
			program_id: idOf(facts.pairs.find((one) => one.name === pair)!.program),
			mentor_id: idOf(coach),
			microcredential_id: '01900000-0000-7000-8099-000000000011',
			anchor: name,
			scored_on: '2026-09-01',
			entered_by_id: idOf(coach)
		}))
	);
	await insert(
		tx,
		'mentor_hours',
		facts.caseloads.map(({ name, pair, coach }) => ({
			id: idOf(name),
			program_id: idOf(facts.pairs.find((one) => one.name === pair)!.program),
			mentor_id: idOf(coach),
			from_on: '2026-09-01',
			hours: 5.5,
			entered_by_id: idOf(coach)
		}))
	);
	for (const { program, person } of facts.enrollments)
		await tx.execute(sql`insert into teaching_facts (program_id, person_id, subjects, grades, languages, entered_by_id)
			values (${idOf(program)}, ${idOf(person)}, '{}', '{}', '{}', ${idOf(person)})`);
	await insert(
		tx,
		'matchings',
		facts.programs.map(({ name }, i) => ({
			program_id: idOf(name),
			changed_by_id: idOf(facts.people[i % facts.people.length]!.name)
		}))
	);
	await insert(
		tx,
		'program_capacity',
		facts.programs.map(({ name }, i) => ({
			id: uuidv7(),
			program_id: idOf(name),
			rule_key: 'default',
			from_on: '2026-09-01',
			reason: 'x',
			set_by_id: idOf(facts.people[i % facts.people.length]!.name)
		}))
	);
	await insert(
		tx,
		'earlier_passages',
		handedOn(facts).map(({ pair, reflection }) => ({
			id: uuidv7(),
			pair_id: idOf(pair.name),
			reflection_id: idOf(reflection),
			content: '{}',
			shown_by: idOf(pair.teacher)
		}))
	);
}

/** Empties the database of people and puts these facts there. */
export async function plant(db: Database, facts: Facts): Promise<void> {
	const at = (days: number) => new Date(Date.now() + days * 24 * 3600_000).toISOString();
	const until = (days: number | null) => (days === null ? null : at(days));
	const id = (name: string | null) => (name === null ? null : idOf(name));
	const bytes = Buffer.from([0, 0]);
	await db.asOwner(async (tx) => {
		await tx.execute(sql`truncate people, organizations, reflection_updates cascade`);
		await plantCatalogue(tx);
		await insert(
			tx,
			'organizations',
			facts.organizations.map(({ name, kind, above }) => ({
				id: idOf(name),
				kind,
				parent_id: id(above),
				name,
				time_zone: 'America/Chicago'
			}))
		);
		await insert(
			tx,
			'programs',
			facts.programs.map(({ name, organization }) => ({
				id: idOf(name),
				key: name,
				name: canary.name(name),
				organization_id: idOf(organization),
				time_zone: 'America/Chicago',
				starts_on: '2026-08-01'
			}))
		);
		await insert(
			tx,
			'cohorts',
			facts.cohorts.map(({ name, program }) => ({
				id: idOf(name),
				program_id: idOf(program),
				name: canary.name(name),
				starts_on: '2026-08-01'
			}))
		);
		await insert(
			tx,
			'people',
			facts.people.map(({ name, left }) => ({
				id: idOf(name),
				name: canary.name(name),
				initials: 'P',
				deactivated_at: left ? at(-1) : null
			}))
		);
		await insert(
			tx,
			'email_addresses',
			facts.people.map(({ name }) => ({ address: addressOf(name), person_id: idOf(name), kind: 'school' }))
		);
		await insert(
			tx,
			'roles',
			facts.roles.map((role) => ({
				id: idOf(role.name),
				person_id: idOf(role.person),
				role: role.role,
				scope_kind: role.scopeKind,
				scope_id: idOf(role.scope),
				from_at: at(role.from),
				until_at: until(role.until)
			}))
		);
		await insert(
			tx,
			'enrollments',
			facts.enrollments.map((one) => ({
				id: idOf(one.name),
				program_id: idOf(one.program),
				person_id: idOf(one.person),
				cohort_id: id(one.cohort),
				stack_version_id: stackVersionId,
				status: one.status
			}))
		);
		await insert(
			tx,
			'pairs',
			facts.pairs.map((pair) => ({
				id: idOf(pair.name),
				program_id: idOf(pair.program),
				cohort_id: id(pair.cohort),
				teacher_id: idOf(pair.teacher),
				mentor_id: idOf(pair.mentor),
				status: pair.status,
				ended_as: pair.endedAs,
				proposed_at: at(-40),
				active_at: pair.status === 'proposed' || pair.status === 'accepted' ? null : at(-39),
				ended_at: pair.endedAs ? at(-1) : null
			}))
		);
		// An event goes by the id of its pair.
		await insert(
			tx,
			'pair_events',
			facts.pairs.map(({ name }) => ({
				id: idOf(name),
				pair_id: idOf(name),
				kind: 'proposed',
				reason: canary.reason(name)
			}))
		);
		await insert(
			tx,
			'caseloads',
			facts.caseloads.map((one) => ({
				id: idOf(one.name),
				coach_id: idOf(one.coach),
				pair_id: idOf(one.pair),
				from_at: at(one.from),
				until_at: until(one.until)
			}))
		);
		await insert(
			tx,
			'coach_marks',
			facts.caseloads.map((one) => ({
				id: idOf(one.name),
				pair_id: idOf(one.pair),
				coach_id: idOf(one.coach),
				kind: 'note',
				words: 'A note of the coach.'
			}))
		);
		await insert(
			tx,
			'coach_messages',
			facts.caseloads.map((one) => ({
				id: idOf(one.name),
				pair_id: idOf(one.pair),
				coach_id: idOf(one.coach),
				kind: 'nudge',
				addressed_to: 'both',
				words: 'A word of the coach.'
			}))
		);
		const rows = facts.reflections.map(({ name, pair }) => ({
			id: idOf(name),
			title: canary.title(name),
			by: idOf(facts.pairs.find((one) => one.name === pair)!.teacher),
			pair: idOf(pair)
		}));
		await insert(
			tx,
			'reflections',
			rows.map(({ id, pair, title, by }) => ({
				id,
				pair_id: pair,
				microcredential_version_id: versionId,
				title,
				created_by: by
			}))
		);
		await insert(
			tx,
			'reflection_sharings',
			facts.reflections
				.filter(({ shared }) => shared !== 'never')
				.map(({ name, pair, shared }) => {
					const teacher = idOf(facts.pairs.find((one) => one.name === pair)!.teacher);
					return {
						id: idOf(name.replace('reflection', 'sharing')),
						reflection_id: idOf(name),
						shared_by: teacher,
						shared_at: at(-8),
						taken_back_by: shared === 'now' ? null : teacher,
						taken_back_at: shared === 'now' ? null : at(-4)
					};
				})
		);
		await insert(
			tx,
			'reflection_versions',
			facts.reflections
				.filter(({ frozen }) => frozen)
				.map(({ name, pair }) => {
					const content = asStored(settledFrom(written(name)));
					return {
						id: idOf(name.replace('reflection', 'version')),
						reflection_id: idOf(name),
						kind: 'frozen',
						name: canary.frozen(name),
						up_to_number: 1,
						content,
						hash: createHash('sha256').update(content).digest('hex'),
						created_by: idOf(facts.pairs.find((one) => one.name === pair)!.teacher)
					};
				})
		);
		await insert(
			tx,
			'reflection_passages',
			facts.reflections
				.filter(({ shown }) => shown !== 'never')
				.map(({ name, pair, shown }) => {
					const teacher = idOf(facts.pairs.find((one) => one.name === pair)!.teacher);
					const text = [{ type: 'text', text: canary.passage(name) }];
					return {
						id: idOf(name.replace('reflection', 'passage')),
						reflection_id: idOf(name),
						content: JSON.stringify({ type: 'doc', content: [{ type: 'paragraph', content: text }] }),
						granted_by: teacher,
						granted_at: at(-3),
						withdrawn_by: shown === 'now' ? null : teacher,
						withdrawn_at: shown === 'now' ? null : at(-2)
					};
				})
		);
		await insert(
			tx,
			'reflection_updates',
			rows.map(({ id, by }) => ({ reflection_id: id, number: 2, person_id: by, updates: Buffer.from([2, 0, 0]) }))
		);
		await insert(
			tx,
			'reflection_snapshots',
			facts.reflections.map(({ name }) => ({ reflection_id: idOf(name), up_to_number: 1, state: written(name) }))
		);
		await insert(
			tx,
			'reflection_history',
			facts.reflections.map(({ name }, i) => ({
				reflection_id: idOf(name),
				from_number: 1,
				to_number: 1,
				person_id: rows[i]!.by,
				from_at: at(-9),
				to_at: at(-9),
				// The first row as it was typed, so that the log is whole: what was then is known, folded or not.
				rows: Buffer.from(packRows([{ number: 1, at: new Date(at(-9)), updates: [written(name)] }]))
			}))
		);
		await insert(
			tx,
			'reflection_clients',
			rows.map(({ id, by }) => ({ reflection_id: id, client_id: 1, person_id: by }))
		);
		await insert(
			tx,
			'reflection_looks',
			rows.map(({ id, by }) => ({ reflection_id: id, person_id: by, up_to_number: 1 }))
		);
		await insert(
			tx,
			'second_reasons',
			rows.map(({ id, by }) => ({ reflection_id: id, person_id: by, choice: 'waiting' }))
		);
		// Everybody who has a place pauses, says why, and plans; each row goes by the place.
		const places = facts.enrollments.map(({ name, person }) => ({
			enrollment_id: idOf(name),
			person_id: idOf(person)
		}));
		await insert(
			tx,
			'pauses',
			places.map((one) => ({ ...one, id: one.enrollment_id, paused_at: at(-2) }))
		);
		await insert(
			tx,
			'pause_reasons',
			places.map((one) => ({ ...one, pause_id: one.enrollment_id, words: canary.reason(one.enrollment_id) }))
		);
		await insert(
			tx,
			'plans',
			places.map((one) => ({ ...one, minutes_per_week: 120, in_order: '{}' }))
		);
		await insert(
			tx,
			'plan_dates',
			places.map((one) => ({ ...one, done_on: '2099-05-01' }))
		);
		await insert(
			tx,
			'submissions',
			facts.submissions.map(({ name, teacher }) => ({
				id: idOf(name),
				teacher_id: idOf(teacher),
				microcredential_version_id: versionId,
				submitted_at: at(-3)
			}))
		);
		await insert(
			tx,
			'awards',
			facts.awards.map(({ name, person }) => ({
				id: idOf(name),
				person_id: idOf(person),
				microcredential_version_id: versionId,
				awarded_at: at(-2)
			}))
		);
		// Everybody took the first steps long ago; else their homes would lead there.
		await insert(
			tx,
			'coach_letters',
			facts.settings.map(({ person }) => ({ person_id: idOf(person) }))
		);
		// What was said to each, how they want to be told, and where their browser is reached.
		for (const [table, columns] of Object.entries({
			notifications: { kind: 'reply', key: 'k', title: 'x', href: '/', at: at(-1), held_from: at(-1) },
			notification_settings: {},
			notification_mutes: { about: 'thread:1' },
			push_subscriptions: { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22), name: 'Browser' }
		}))
			await insert(
				tx,
				table,
				facts.settings.map(({ person }) => ({
					person_id: idOf(person),
					...columns,
					...(table === 'notifications' || table === 'push_subscriptions' ? { id: uuidv7() } : {}),
					...(table === 'push_subscriptions' ? { endpoint: `https://push.example/${person}` } : {})
				}))
			);
		await insert(
			tx,
			'person_settings',
			facts.settings.map(({ person }) => ({ person_id: idOf(person), first_run_at: at(-20) }))
		);
		// What somebody put down to look at before it is imported: theirs, whatever they may import by now.
		await insert(
			tx,
			'framework_drafts',
			facts.settings.map(({ person }) => ({
				id: crypto.randomUUID(),
				person_id: idOf(person),
				source: 'a file',
				package: '{}'
			}))
		);
		await insert(
			tx,
			'free_times',
			facts.times.map(({ name, person }) => ({
				id: idOf(name),
				person_id: idOf(person),
				weekday: 3,
				starts_at: '15:15',
				ends_at: '16:00'
			}))
		);
		await insert(
			tx,
			'sessions',
			facts.sessions.map(({ name, person, over }) => ({
				id: idOf(name),
				secret_hash: bytes,
				person_id: idOf(person),
				created_at: at(-5),
				last_used_at: at(0),
				expires_at: at(over ? -1 : 20)
			}))
		);
		await insert(
			tx,
			'program_stacks',
			facts.offers.map(({ program }) => ({
				program_id: idOf(program),
				stack_version_id: stackVersionId,
				from_at: at(-30)
			}))
		);
		await insert(
			tx,
			'deadline_extensions',
			[
				...facts.programs.map(({ name }) => ({ name, program: name, person: null })),
				...facts.enrollments.map(({ name, program, person }) => ({ name, program, person }))
			].map(({ name, program, person }, i) => ({
				id: idOf(name),
				program_id: idOf(program),
				person_id: id(person),
				last_day: '2099-06-30',
				reason: 'More time',
				extended_by_id: idOf(facts.people[i % facts.people.length]!.name)
			}))
		);
		await insert(
			tx,
			'program_breaks',
			facts.programs.map(({ name }, i) => ({
				id: uuidv7(),
				program_id: idOf(name),
				name: 'Winter break',
				first_day: '2098-12-21',
				last_day: '2099-01-03',
				added_by_id: idOf(facts.people[i % facts.people.length]!.name)
			}))
		);
		await insert(
			tx,
			'program_counts',
			facts.programs.map(({ name }) => ({
				program_id: idOf(name),
				place_id: idOf(name),
				rest: false,
				kind: 'program',
				name,
				...Object.fromEntries(
					counted.map((what) => [what.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), 3])
				),
				hidden: 0,
				counted_at: at(0)
			}))
		);
		await plantMentoring(tx, facts);
		await plantMeetings(tx, facts);
		await plantTalk(tx, facts);
		await insert(
			tx,
			'outcome_grants',
			facts.enrollments.map(({ name, person, program }, i) => ({
				id: uuidv7(),
				// Granted once to a person: a second enrollment of the same person has another one.
				outcome_id: outcomeId(facts.enrollments.slice(0, i).filter((one) => one.person === person).length),
				person_id: idOf(person),
				enrollment_id: idOf(name),
				program_id: idOf(program),
				met_at: at(-1),
				caused_by: '[]'
			}))
		);
		await insert(
			tx,
			'invitations',
			facts.invitations.map(({ name, program, cohort, by, state, acceptedBy }, i) => ({
				id: idOf(name),
				program_id: idOf(program),
				cohort_id: id(cohort),
				role: 'mentor',
				name: canary.invited(name),
				address: i % 2 ? `${name.replace(' ', '-')}@example.org` : null,
				invited_by_id: idOf(by),
				token_hash: Buffer.from(name.padEnd(32)),
				created_at: at(-9),
				expires_at: at(state === 'expired' ? -2 : 5),
				withdrawn_at: state === 'withdrawn' ? at(-1) : null,
				withdrawn_by_id: state === 'withdrawn' ? idOf(by) : null,
				accepted_at: acceptedBy ? at(-1) : null,
				accepted_by_id: id(acceptedBy)
			}))
		);
		await insert(
			tx,
			'passkeys',
			facts.passkeys.map(({ name, person }) => ({
				id: idOf(name),
				person_id: idOf(person),
				public_key: bytes,
				counter: 0,
				backed_up: true,
				name: 'A key'
			}))
		);
		await insert(
			tx,
			'provider_accounts',
			facts.accounts.map(({ name, person }) => ({
				issuer: 'https://accounts.example.org',
				subject: idOf(name),
				person_id: idOf(person),
				provider: 'google',
				label: canary.name(name)
			}))
		);
		await tx.execute(sql`truncate audit_events`); // nothing hangs on people here: it outlives them
		await insert(
			tx,
			'audit_events',
			facts.events.map(({ name, person, by }) => ({
				id: idOf(name),
				kind: 'role-given',
				person_id: idOf(person),
				by_person_id: id(by)
			}))
		);
	});
}

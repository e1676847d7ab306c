/** The register and the renewal sheet, read and added to. */
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { type Acting, standingToCatalogue } from '#lib/catalogue/importing.server.ts';
import { issuers, microcredentials, microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import { organizations, people } from '#lib/identity/schema.server.ts';
import { enrollments, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { mayRecordRules } from './policy.ts';
import { type Conversion, inForce, type Register, renewalSheet, type Rule, type SheetLine } from './register.ts';
import { creditConversions, creditRules, jurisdictions } from './schema.server.ts';
import { conversionOf, ruleOf, type Typed } from './wish.ts';

async function registerOf(tx: Tx, jurisdiction: string): Promise<Register> {
	return {
		rules: await tx
			.select()
			.from(creditRules)
			.where(eq(creditRules.jurisdiction, jurisdiction))
			.orderBy(asc(creditRules.recordedAt), asc(creditRules.id)),
		conversions: await tx
			.select()
			.from(creditConversions)
			.where(eq(creditConversions.jurisdiction, jurisdiction))
			.orderBy(asc(creditConversions.recordedAt), asc(creditConversions.id))
	};
}

const listJurisdictions = (tx: Tx) => tx.select().from(jurisdictions).orderBy(asc(jurisdictions.name));

/** A day where somebody's program is: the zone of the program they joined last, else of their school's, else UTC. */
async function zoneOf(tx: Tx, personId: string): Promise<string> {
	const [program] = await tx
		.select({ timeZone: programs.timeZone })
		.from(enrollments)
		.innerJoin(programs, eq(programs.id, enrollments.programId))
		.where(eq(enrollments.personId, personId))
		.orderBy(sql`${enrollments.joinedListAt} desc`)
		.limit(1);
	if (program) return program.timeZone;
	const [own] = await tx
		.select({ timeZone: organizations.timeZone })
		.from(people)
		.innerJoin(organizations, eq(organizations.id, people.organizationId))
		.where(eq(people.id, personId));
	return own?.timeZone ?? 'UTC';
}

const dayIn = (timeZone: string, at: Date) =>
	// The form of Sweden is that of ISO 8601.
	new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);

/** The state that somebody's school is in, where the register knows one of that name. */
async function homeOf(tx: Tx, personId: string, places: { code: string; name: string }[]): Promise<string | null> {
	const [person] = await tx.select({ at: people.organizationId }).from(people).where(eq(people.id, personId));
	// A school, its district, its state.
	let at = person?.at ?? null;
	for (let height = 0; at && height < 3; height++) {
		const [organization] = await tx.select().from(organizations).where(eq(organizations.id, at));
		const place = places.find(({ name }) => name === organization?.name);
		if (place) return place.code;
		at = organization?.parentId ?? null;
	}
	return null;
}

/**
 * What one has earned and what it is worth in a place: one's own, and nobody else's.
 * @param asked a jurisdiction's code; without one the place of one's school
 */
export const readSheet = (db: Database, person: Person, asked: string | null, now: Date) =>
	db.asPerson(person.id, async (tx) => {
		const places = await listJurisdictions(tx);
		const code = asked ?? (await homeOf(tx, person.id, places));
		const place = places.find((one) => one.code === code) ?? null;
		const timeZone = await zoneOf(tx, person.id);
		const rows = await tx
			.select({
				id: awards.id,
				awardedAt: awards.awardedAt,
				revokedAt: awards.revokedAt,
				item: microcredentials.id,
				title: microcredentialVersions.title,
				issuer: { id: issuers.id, name: issuers.name }
			})
			.from(awards)
			.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, awards.microcredentialVersionId))
			.innerJoin(microcredentials, eq(microcredentials.id, microcredentialVersions.microcredentialId))
			.innerJoin(issuers, eq(issuers.id, microcredentials.issuerId))
			// A mentor and a coach may see awards of others; a sheet is one's own.
			.where(eq(awards.personId, person.id));
		const lines: SheetLine[] = rows.map(({ awardedAt, revokedAt, ...row }) => ({
			...row,
			earnedOn: dayIn(timeZone, awardedAt),
			revoked: revokedAt !== null
		}));
		return {
			name: person.name,
			places,
			place,
			today: dayIn(timeZone, now),
			earned: lines.length,
			sheet: place ? renewalSheet(await registerOf(tx, place.code), place.code, lines) : null
		};
	});

/** What the register says of a place: what holds today, and every rule there ever was. */
export const readRules = (db: Database, person: Person, asked: string | null, now: Date) =>
	db.asPerson(person.id, async (tx) => {
		const places = await listJurisdictions(tx);
		const code = asked ?? (await homeOf(tx, person.id, places));
		const place = places.find((one) => one.code === code) ?? null;
		const register = place ? await registerOf(tx, place.code) : { rules: [], conversions: [] };
		const today = dayIn(await zoneOf(tx, person.id), now);
		const holds = new Set(
			[...inForce(register.rules, today), ...inForce(register.conversions, today)].map(({ id }) => id)
		);
		const replaced = new Set([...register.rules, ...register.conversions].flatMap((one) => one.supersedes ?? []));
		const stated = <Row extends Rule | Conversion>(one: Row) => ({
			...one,
			holds: holds.has(one.id),
			replaced: replaced.has(one.id)
		});
		return {
			places,
			place,
			mayRecord: mayRecordRules(await standingToCatalogue(tx)),
			rules: (await named(tx, register.rules)).map(stated),
			conversions: register.conversions.map(stated)
		};
	});

/** With the names of issuers and microcredentials that rules are about. */
async function named(tx: Tx, rules: Rule[]) {
	const of = new Map<string, string>();
	for (const { id, name } of await tx.select({ id: issuers.id, name: issuers.name }).from(issuers)) of.set(id, name);
	if (rules.some((rule) => rule.microcredentialId)) for (const { id, title } of await listItems(tx)) of.set(id, title);
	return rules.map((rule) => ({
		...rule,
		issuerName: rule.issuerNamed ?? (rule.issuerId && (of.get(rule.issuerId) ?? null)),
		itemTitle: rule.microcredentialId && (of.get(rule.microcredentialId) ?? null)
	}));
}

/** Every microcredential that was ever published, by its newest title. */
const listItems = (tx: Tx) =>
	tx
		.selectDistinctOn([microcredentials.id], {
			id: microcredentials.id,
			issuerId: microcredentials.issuerId,
			title: microcredentialVersions.title
		})
		.from(microcredentials)
		.innerJoin(microcredentialVersions, eq(microcredentialVersions.microcredentialId, microcredentials.id))
		.where(isNotNull(microcredentialVersions.publishedAt))
		.orderBy(microcredentials.id, sql`${microcredentialVersions.number} desc`);

/** @throws Refusal not-allowed, or unproven */
async function demandRecorder(tx: Tx, by: Pick<Acting, 'proof'>): Promise<void> {
	if (!mayRecordRules(await standingToCatalogue(tx)))
		throw new Refusal(
			'not-allowed',
			'Rules are written down by whoever manages a program. Tell them, with the page that you know it from; reading is open to you.'
		);
	demandProof(by.proof, 'role');
}

export type RuleKind = 'rule' | 'conversion';

/** The row that a new one takes the place of; null without one. @throws Refusal not-found, or rule when it has one */
async function insteadOf(tx: Tx, kind: RuleKind, jurisdiction: string, id: string | null) {
	if (!id) return null;
	const table = kind === 'rule' ? creditRules : creditConversions;
	const [row] = isId(id)
		? await tx
				.select()
				.from(table)
				.where(and(eq(table.id, id), eq(table.jurisdiction, jurisdiction)))
		: [];
	if (!row) throw notFound('rule');
	const [after] = await tx.select({ id: table.id }).from(table).where(eq(table.supersedes, id));
	if (after)
		throw new Refusal(
			'rule',
			'Another rule has taken its place already. Look at the list, and replace that one instead.'
		);
	return row;
}

/** For the form that adds. @throws Refusal not-found, not-allowed, unproven */
export const readRecording = (
	db: Database,
	by: Pick<Acting, 'person' | 'proof'>,
	asked: { jurisdiction: string; kind: RuleKind; instead: string | null }
) =>
	db.asPerson(by.person.id, async (tx) => {
		await demandRecorder(tx, by);
		const [place] = await tx.select().from(jurisdictions).where(eq(jurisdictions.code, asked.jurisdiction));
		if (!place) throw notFound('place in the register');
		const table = asked.kind === 'rule' ? creditRules : creditConversions;
		const [instead] =
			asked.instead && isId(asked.instead)
				? await tx
						.select()
						.from(table)
						.where(and(eq(table.id, asked.instead), eq(table.jurisdiction, place.code)))
				: [];
		if (asked.instead && !instead) throw notFound('rule');
		return {
			place,
			kind: asked.kind,
			instead: instead ?? null,
			issuers: await tx.select({ id: issuers.id, name: issuers.name }).from(issuers).orderBy(asc(issuers.name)),
			items: (await listItems(tx)).toSorted((a, b) => a.title.localeCompare(b.title))
		};
	});

/**
 * Writes a rule or a conversion down; one that takes another's place leaves that one as it was.
 * @returns the id of the new row
 * @throws Refusal rule, not-found, not-allowed, unproven
 */
export const recordRule = (
	db: Database,
	by: Acting,
	asked: { jurisdiction: string; kind: RuleKind; instead: string | null },
	typed: Typed
): Promise<string> =>
	db.asPerson(by.person.id, async (tx) => {
		await demandRecorder(tx, by);
		const [place] = await tx.select().from(jurisdictions).where(eq(jurisdictions.code, asked.jurisdiction));
		if (!place) throw notFound('place in the register');
		// Two who replace the same rule take turns; the second is told.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`credit of ${place.code}`}, 0))`);
		const instead = await insteadOf(tx, asked.kind, place.code, asked.instead);
		const about = { jurisdiction: place.code, recordedBy: by.person.id, supersedes: instead?.id ?? null };
		const id = await (asked.kind === 'rule'
			? addRule(tx, typed, instead, about)
			: addConversion(tx, typed, instead, about));
		await record(tx, {
			kind: 'credit-rule-recorded',
			person: by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { rule: id, place: place.name, ...(instead ? { supersedes: instead.id } : {}) }
		});
		return id;
	});

type About = { jurisdiction: string; recordedBy: string; supersedes: string | null };

async function addRule(tx: Tx, typed: Typed, instead: { validFrom: string | null } | null, about: About) {
	const wish = ruleOf(typed, instead);
	if (wish.issuerId) {
		const [issuer] = isId(wish.issuerId)
			? await tx.select({ id: issuers.id }).from(issuers).where(eq(issuers.id, wish.issuerId))
			: [];
		if (!issuer)
			throw new Refusal('rule', 'This issuer is not in the catalogue. Please choose one. Nothing was written down.');
	}
	if (wish.microcredentialId) {
		const item = (await listItems(tx)).find(({ id }) => id === wish.microcredentialId);
		if (!item)
			throw new Refusal(
				'rule',
				'This microcredential is not in the catalogue. Please choose one. Nothing was written down.'
			);
		if (wish.issuerId && item.issuerId !== wish.issuerId)
			throw new Refusal(
				'rule',
				`“${item.title}” is another issuer’s. Please choose its own, or leave the issuer open. Nothing was written down.`
			);
	}
	const [row] = await tx
		.insert(creditRules)
		.values({ ...wish, ...about })
		.returning({ id: creditRules.id });
	return row!.id;
}

async function addConversion(tx: Tx, typed: Typed, instead: { validFrom: string | null } | null, about: About) {
	const [row] = await tx
		.insert(creditConversions)
		.values({ ...conversionOf(typed, instead), ...about })
		.returning({ id: creditConversions.id });
	return row!.id;
}

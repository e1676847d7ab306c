/** One microcredential as whoever considers it reads it, and two side by side. Everybody signed in may. */
import { and, asc, desc, eq, ne, sql } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { cited, listProven, type Proven } from './browse.server.ts';
import { describedVersion } from './catalogue.server.ts';
import type { Side } from './comparing.ts';
import type { Measured } from './measured.ts';
import { issuers, microcredentials, microcredentialVersions, parts, rubricRows } from './schema.server.ts';
import { type Change, whatChanged } from './what-changed.ts';

export type VersionInList = {
	id: string;
	number: number;
	status: 'published' | 'retired';
	publishedAt: Date | null;
	retiredAt: Date | null;
	retiredReason: string | null;
};

type Rival = { microcredentialId: string; title: string; issuer: string; hours: number | null; shared: string[] };

export type MicrocredentialPage = {
	microcredentialId: string;
	issuer: { name: string; url: string | null };
	/** The one that is shown. */
	version: VersionInList;
	/** What somebody who begins today answers; null: it is no longer offered. */
	current: VersionInList | null;
	/** Newest first. */
	versions: VersionInList[];
	says: Awaited<ReturnType<typeof describedVersion>>;
	/** Ids of the rubric's rows, by part and row in their order: a post may link one. */
	rowIds: string[][];
	proves: Proven[];
	/** Since the version before the one that is shown. */
	changes: Change[];
	measured: Measured;
	/** Others that prove one of the same competencies. */
	rivals: Rival[];
};

/**
 * @param number which version; null for today's, or the last one there was
 * @throws Refusal not-found where there is no microcredential or version that was ever published
 */
export const readMicrocredentialPage = (
	db: Database,
	person: Person,
	id: string,
	number: number | null
): Promise<MicrocredentialPage> => db.asPerson(person.id, (tx) => readPage(tx, id, number));

async function readPage(tx: Tx, id: string, number: number | null): Promise<MicrocredentialPage> {
	const [about] = isId(id)
		? await tx
				.select({ id: microcredentials.id, name: issuers.name, url: issuers.url })
				.from(microcredentials)
				.innerJoin(issuers, eq(issuers.id, microcredentials.issuerId))
				.where(eq(microcredentials.id, id))
		: [];
	const versions = about ? await listVersions(tx, about.id) : [];
	const current = versions.find(({ status }) => status === 'published') ?? null;
	const version = number === null ? (current ?? versions[0]) : versions.find((one) => one.number === number);
	if (!about || !version) throw notFound('microcredential');
	const before = versions.find((one) => one.number < version.number);
	const says = await describedVersion(tx, version.id);
	const changes = before ? whatChanged(await describedVersion(tx, before.id), says) : [];
	return {
		microcredentialId: about.id,
		issuer: { name: about.name, url: about.url },
		version,
		current,
		versions,
		says,
		rowIds: await listRowIds(tx, version.id),
		proves: await listProven(tx, [version.id]),
		changes,
		measured: await readMeasured(tx, about.id),
		rivals: await listRivals(tx, about.id, says.competencyIds)
	};
}

/** Apart from what a version says: two versions that say the same have different rows. */
async function listRowIds(tx: Tx, versionId: string): Promise<string[][]> {
	const found = await tx
		.select({ partId: parts.id, rowId: rubricRows.id })
		.from(parts)
		.leftJoin(rubricRows, eq(rubricRows.partId, parts.id))
		.where(eq(parts.microcredentialVersionId, versionId))
		.orderBy(asc(parts.position), asc(rubricRows.position));
	const byPart = Map.groupBy(found, ({ partId }) => partId);
	return [...byPart.values()].map((rows) => rows.flatMap(({ rowId }) => rowId ?? []));
}

const listVersions = async (tx: Tx, microcredentialId: string): Promise<VersionInList[]> =>
	(await tx
		.select({
			id: microcredentialVersions.id,
			number: microcredentialVersions.number,
			status: microcredentialVersions.status,
			publishedAt: microcredentialVersions.publishedAt,
			retiredAt: microcredentialVersions.retiredAt,
			retiredReason: microcredentialVersions.retiredReason
		})
		.from(microcredentialVersions)
		.where(
			and(eq(microcredentialVersions.microcredentialId, microcredentialId), ne(microcredentialVersions.status, 'draft'))
		)
		.orderBy(desc(microcredentialVersions.number))) as VersionInList[];

/** How long teachers wrote for it; see `app.measured_time`. */
export async function readMeasured(tx: Tx, microcredentialId: string): Promise<Measured> {
	const { rows } = (await tx.execute(
		sql`select people, lower_quartile as lower, median, upper_quartile as upper from app.measured_time(${microcredentialId}::uuid)`
	)) as unknown as { rows: [Measured] };
	return rows[0];
}

/** More than anybody compares with; the others are found by their competency. */
const mostRivals = 20;

async function listRivals(tx: Tx, microcredentialId: string, competencyIds: string[]): Promise<Rival[]> {
	if (competencyIds.length === 0) return [];
	const { rows } = (await tx.execute(sql`
		select c.id, c.microcredential_id as "microcredentialId", c.title, i.name as issuer, c.hours
		from (
			select distinct on (v.microcredential_id) v.id, v.microcredential_id, v.title, v.hours from microcredential_versions v
			where v.status = 'published' and v.microcredential_id <> ${microcredentialId}::uuid
			order by v.microcredential_id, v.number desc
		) c
		join microcredentials m on m.id = c.microcredential_id
		join issuers i on i.id = m.issuer_id
		where exists (
			select from alignments a where a.microcredential_version_id = c.id
			and a.competency_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(competencyIds)}::jsonb))
		)
		order by m.issuer_id = (select o.issuer_id from microcredentials o where o.id = ${microcredentialId}::uuid), lower(c.title)
		limit ${mostRivals}`)) as unknown as { rows: (Omit<Rival, 'shared'> & { id: string })[] };
	if (rows.length === 0) return [];
	const proven = await listProven(
		tx,
		rows.map(({ id }) => id)
	);
	return rows.map(({ id, ...rival }) => ({
		...rival,
		shared: proven.filter((one) => one.versionId === id && competencyIds.includes(one.competencyId)).map(cited)
	}));
}

export type Comparison = {
	a: Side;
	b: Side;
	/** Competencies that both prove, in words. Empty: they can't be compared for one. */
	shared: string[];
};

/** Two microcredentials in today's versions. @throws Refusal not-found */
export const readComparison = (db: Database, person: Person, a: string, b: string): Promise<Comparison> =>
	db.asPerson(person.id, async (tx) => {
		const [one, other] = [await readPage(tx, a, null), await readPage(tx, b, null)];
		const shared = one.proves.filter((first) =>
			other.proves.some((second) => second.competencyId === first.competencyId)
		);
		return {
			a: sideOf(one),
			b: sideOf(other),
			shared: shared.map(({ code, statement, framework }) => `${code ? `${code} ` : ''}${statement} (${framework})`)
		};
	});

function sideOf({ microcredentialId, issuer, version, says, proves, measured }: MicrocredentialPage): Side {
	const { offer, parts } = says;
	return {
		microcredentialId,
		issuer: issuer.name,
		version: version.number,
		retired: version.status === 'retired',
		proves: proves.map(cited),
		measured,
		...offer,
		parts
	};
}

/** What proves one of the same competencies as this one, for whoever compares; the title of this one. @throws Refusal not-found */
export const readRivals = (db: Database, person: Person, id: string) =>
	db.asPerson(person.id, async (tx) => {
		const { microcredentialId, says, rivals } = await readPage(tx, id, null);
		return { microcredentialId, title: says.offer.title, rivals };
	});

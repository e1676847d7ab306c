/** What can be proven: competencies, issuers' microcredentials in versions, and stacks over them. */
import { type SQL, sql } from 'drizzle-orm';
import {
	type AnyPgColumn,
	boolean,
	check,
	date,
	foreignKey,
	index,
	integer,
	jsonb,
	pgPolicy,
	pgTable,
	primaryKey,
	text,
	unique,
	uuid
} from 'drizzle-orm/pg-core';
import { people } from '#lib/identity/schema.server.ts';
import { id, instant, searchable } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import type { CaseObject, CaseRest } from './case.ts';
import type { Draft } from './drafting.ts';
import type { StackRule } from './stack.ts';

/** The catalogue is public inside the product: everybody signed in may read it. */
const everyoneReads = (name: string) =>
	pgPolicy(name, { for: 'select', to: [authenticated, service], using: sql`true` });

/** Frameworks are one for all programs, and whoever manages one brings them up to date. */
const whoeverRunsAProgram = (name: string) =>
	pgPolicy(name, {
		for: 'all',
		to: authenticated,
		using: sql`(select app.runs_a_program())`,
		withCheck: sql`(select app.runs_a_program())`
	});

/** The product publishes a version whole. A person who could add a row could change the goal of those bound to it. */
const published = (table: string) =>
	pgPolicy(`${table}_service_add`, { for: 'insert', to: service, withCheck: sql`true` });

/** Whoever edits an issuer's microcredentials writes down a version while it is not published. */
const writtenWhileUnpublished = (name: string, withCheck: SQL) =>
	pgPolicy(name, { for: 'insert', to: authenticated, withCheck });

export const issuers = pgTable(
	'issuers',
	{
		id: id(),
		key: text().notNull().unique(),
		name: text().notNull(),
		url: text(),
		createdAt: instant().notNull().defaultNow()
	},
	() => [everyoneReads('issuers_read')]
);

/** A competency framework as published in the CASE format (1EdTech); `caseId` is its CFDocument identifier. */
export const frameworks = pgTable(
	'frameworks',
	{
		id: id(),
		caseId: uuid().notNull().unique(),
		title: text().notNull(),
		creator: text().notNull(),
		version: text(),
		officialSourceUrl: text(),
		notes: text(),
		licenceTitle: text(),
		licenceText: text(),
		/** The publisher's own change time; an import with the same time changes nothing. */
		caseChangedAt: instant().notNull(),
		/** The latest change time of anything in the package; null in rows from before it was kept. */
		latestChangeAt: instant(),
		caseVersion: text({ enum: ['1.0', '1.1'] }),
		/** The CFDocument as published, so that it leaves as it came. */
		published: jsonb().$type<CaseObject>(),
		/** What else the package holds: definitions, rubrics, extensions. */
		rest: jsonb().$type<CaseRest>(),
		/** The address or the name of the file that it last came from. */
		importedFrom: text(),
		importedAt: instant().notNull().defaultNow()
	},
	() => [
		check('frameworks_case_version', sql`case_version in ('1.0', '1.1')`),
		everyoneReads('frameworks_read'),
		whoeverRunsAProgram('frameworks_import')
	]
);

/** One statement of a framework; `caseId` is its CFItem identifier. */
export const competencies = pgTable(
	'competencies',
	{
		id: id(),
		frameworkId: uuid()
			.notNull()
			.references(() => frameworks.id),
		caseId: uuid().notNull().unique(),
		parentId: uuid().references((): AnyPgColumn => competencies.id),
		/** As people cite it ("A.2.b"); some statements have none. */
		code: text(),
		/** Markdown as published; never rendered as HTML without escaping. */
		statement: text().notNull(),
		/** The publisher's short label, where there is one. */
		label: text(),
		itemType: text(),
		position: integer().notNull(),
		/** The publisher's change time of this statement; null in rows from before it was kept. */
		caseChangedAt: instant(),
		/** The CFItem as published. */
		published: jsonb().$type<CaseObject>(),
		/** When an import no longer held it. It stays: microcredentials may point at it. */
		droppedAt: instant()
	},
	(t) => [
		index('competencies_framework').on(t.frameworkId, t.position),
		index('competencies_parent').on(t.parentId),
		everyoneReads('competencies_read'),
		whoeverRunsAProgram('competencies_import')
	]
);

/** How statements hang together, and what they have to do with others: the CFAssociations of a package, in its order. */
export const frameworkAssociations = pgTable(
	'framework_associations',
	{
		id: id(),
		frameworkId: uuid()
			.notNull()
			.references(() => frameworks.id),
		caseId: uuid().notNull(),
		/** `isChildOf`, `exactMatchOf` … as published. */
		kind: text().notNull(),
		/** Identifiers of what it goes from and to, lower case; either may be outside the framework, and no UUID. */
		origin: text().notNull(),
		destination: text().notNull(),
		position: integer().notNull(),
		published: jsonb().$type<CaseObject>().notNull()
	},
	(t) => [
		unique('framework_associations_case_id').on(t.frameworkId, t.caseId),
		index('framework_associations_case').on(t.caseId),
		index('framework_associations_origin').on(t.origin),
		index('framework_associations_destination').on(t.destination),
		everyoneReads('framework_associations_read'),
		whoeverRunsAProgram('framework_associations_import')
	]
);

/** A package that somebody looks at before it is imported. Gone once it is, or a day later. */
export const frameworkDrafts = pgTable(
	'framework_drafts',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** The address or the name of the file. */
		source: text().notNull(),
		/** The text of the package, letter by letter. */
		package: text().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		index('framework_drafts_person').on(t.personId, t.createdAt),
		// As much as is read of a file or an address, see `largestPackage`.
		check('framework_drafts_size', sql`octet_length(package) <= 10485760`),
		check('framework_drafts_source', sql`char_length(source) between 1 and 2000`),
		pgPolicy('framework_drafts_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid()) and (select app.runs_a_program())`
		}),
		pgPolicy('framework_drafts_service', { for: 'all', to: service, using: sql`true` })
	]
);

export const microcredentials = pgTable(
	'microcredentials',
	{
		id: id(),
		issuerId: uuid()
			.notNull()
			.references(() => issuers.id),
		key: text().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		unique('microcredentials_issuer_key').on(t.issuerId, t.key),
		everyoneReads('microcredentials_read'),
		pgPolicy('microcredentials_begin', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`issuer_id = any ((select app.edited_issuer_ids())::uuid[])`
		})
	]
);

/** The programs whose managers edit an issuer's microcredentials. */
export const issuerEditors = pgTable(
	'issuer_editors',
	{
		issuerId: uuid()
			.notNull()
			.references(() => issuers.id),
		/** A later room owns that table, so no foreign key. */
		programId: uuid().notNull()
	},
	(t) => [
		primaryKey({ columns: [t.issuerId, t.programId] }),
		index('issuer_editors_program').on(t.programId),
		everyoneReads('issuer_editors_read')
	]
);

/** What is not published yet, finished or not, exactly as it was typed. */
export const microcredentialDrafts = pgTable(
	'microcredential_drafts',
	{
		id: id(),
		issuerId: uuid()
			.notNull()
			.references(() => issuers.id),
		/** The one whose next version it will be; null: a new one. */
		microcredentialId: uuid().references(() => microcredentials.id),
		body: jsonb().$type<Draft>().notNull(),
		/** What stood there before the last change of its order, to go back to. */
		previous: jsonb().$type<Draft>(),
		/** Counts up with every save, so that two who edit at once notice. */
		revision: integer().notNull().default(1),
		createdBy: uuid()
			.notNull()
			.references(() => people.id),
		updatedBy: uuid()
			.notNull()
			.references(() => people.id),
		createdAt: instant().notNull().defaultNow(),
		updatedAt: instant().notNull().defaultNow()
	},
	(t) => [
		// A form holds half of it.
		check(
			'microcredential_drafts_small',
			sql`octet_length(body::text) <= 1000000 and coalesce(octet_length(previous::text), 0) <= 1000000`
		),
		index('microcredential_drafts_issuer').on(t.issuerId),
		index('microcredential_drafts_microcredential').on(t.microcredentialId),
		pgPolicy('microcredential_drafts_edit', {
			for: 'all',
			to: authenticated,
			using: sql`issuer_id = any ((select app.edited_issuer_ids())::uuid[])`,
			withCheck: sql`issuer_id = any ((select app.edited_issuer_ids())::uuid[]) and updated_by = (select app.uid())`
		})
	]
);

/** A version in use never changes: reflections, submissions and awards point at it for good. */
export const microcredentialVersions = pgTable(
	'microcredential_versions',
	{
		id: id(),
		microcredentialId: uuid()
			.notNull()
			.references(() => microcredentials.id),
		number: integer().notNull(),
		title: text().notNull(),
		/** The one competency, in the issuer's words. */
		competency: text().notNull(),
		keyMethod: text(),
		methodComponents: jsonb().$type<string[]>().notNull().default([]),
		research: jsonb().$type<{ title: string; url?: string }[]>().notNull().default([]),
		/** Names of the levels in order, lowest first; the issuer owns the names. */
		levels: jsonb().$type<string[]>().notNull().default([]),
		/** Index into `levels`: a row passes at this level or above. Null while the issuer has not said. */
		passingLevel: integer(),
		/** The issuer's honest estimate in hours; null is "not known". */
		hours: integer(),
		status: text({ enum: ['draft', 'published', 'retired'] })
			.notNull()
			.default('draft'),
		publishedAt: instant(),
		/** When it is no longer offered, and why. */
		retiredAt: instant(),
		retiredReason: text(),
		/** The day by which the issuer looks at it again; null: has not said. */
		reviewBy: date(),
		/** How many months an award counts; null: it never expires. */
		awardMonths: integer(),
		/** Grades it is for, as in `grades.ts`; empty: any. */
		grades: jsonb().$type<string[]>().notNull().default([]),
		/** Subjects it is for, as the issuer names them; empty: any. */
		subjects: jsonb().$type<string[]>().notNull().default([]),
		/** What a teacher would say who needs it: "students shout out". */
		needs: jsonb().$type<string[]>().notNull().default([]),
		licence: text(),
		/** Below this share of the teacher's own words, in percent, the issuer wants the pair to be told; null: says nothing. */
		ownWordsPercent: integer(),
		/** What can be found in it, by stems: the title first, then needs and competency, then the method, then subjects. */
		search: searchable().generatedAlwaysAs(
			sql`setweight(to_tsvector('pg_catalog.english', title), 'A') || setweight(jsonb_to_tsvector('pg_catalog.english', needs, '["string"]'), 'B') || setweight(to_tsvector('pg_catalog.english', competency), 'B') || setweight(to_tsvector('pg_catalog.english', coalesce(key_method, '')), 'C') || setweight(jsonb_to_tsvector('pg_catalog.english', method_components, '["string"]'), 'C') || setweight(jsonb_to_tsvector('pg_catalog.english', subjects, '["string"]'), 'D')`
		)
	},
	(t) => [
		check('microcredential_versions_award_months', sql`award_months between 1 and 600`),
		check(
			'microcredential_versions_retired',
			sql`(status = 'retired') = (retired_at is not null) and (retired_reason is null or status = 'retired')`
		),
		check('microcredential_versions_own_words', sql`own_words_percent between 1 and 100`),
		unique('microcredential_versions_number').on(t.microcredentialId, t.number),
		check('microcredential_versions_status', sql`status in ('draft', 'published', 'retired')`),
		everyoneReads('microcredential_versions_read'),
		pgPolicy('microcredential_versions_begin', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`status = 'draft' and microcredential_id = any ((select app.edited_microcredential_ids())::uuid[])`
		}),
		pgPolicy('microcredential_versions_publish', {
			for: 'update',
			to: authenticated,
			using: sql`microcredential_id = any ((select app.edited_microcredential_ids())::uuid[])`,
			withCheck: sql`microcredential_id = any ((select app.edited_microcredential_ids())::uuid[])`
		})
	]
);

/** Which competencies a microcredential version proves. */
export const alignments = pgTable(
	'alignments',
	{
		microcredentialVersionId: uuid()
			.notNull()
			.references(() => microcredentialVersions.id),
		competencyId: uuid()
			.notNull()
			.references(() => competencies.id)
	},
	(t) => [
		primaryKey({ columns: [t.microcredentialVersionId, t.competencyId] }),
		index('alignments_competency').on(t.competencyId),
		everyoneReads('alignments_read'),
		writtenWhileUnpublished(
			'alignments_write',
			sql`microcredential_version_id = any ((select app.unpublished_version_ids())::uuid[])`
		)
	]
);

/**
 * What a teacher is asked for, in order. Section 1 is overview and context, 2 evidence, 3 reflection;
 * a section can ask several things, each its own part with its own word range.
 */
export const parts = pgTable(
	'parts',
	{
		id: id(),
		microcredentialVersionId: uuid()
			.notNull()
			.references(() => microcredentialVersions.id),
		section: integer().notNull(),
		position: integer().notNull(),
		prompt: text().notNull(),
		minWords: integer(),
		maxWords: integer(),
		/** True: over the limit can't be submitted. False: a guide. */
		wordsBinding: boolean().notNull().default(false),
		/** Kinds of artifact accepted (video, audio, image, text, table, file); empty where words are asked for. */
		artifactKinds: jsonb().$type<string[]>().notNull().default([])
	},
	(t) => [
		unique('parts_order').on(t.microcredentialVersionId, t.position),
		check('parts_section', sql`section between 1 and 3`),
		check('parts_words', sql`coalesce(min_words, 0) <= coalesce(max_words, 2147483647)`),
		everyoneReads('parts_read'),
		writtenWhileUnpublished(
			'parts_write',
			sql`microcredential_version_id = any ((select app.unpublished_version_ids())::uuid[])`
		)
	]
);

export const rubricRows = pgTable(
	'rubric_rows',
	{
		id: id(),
		partId: uuid()
			.notNull()
			.references(() => parts.id),
		position: integer().notNull(),
		criterion: text().notNull(),
		/** One description per level of the version, same order. */
		descriptions: jsonb().$type<string[]>().notNull()
	},
	(t) => [
		unique('rubric_rows_order').on(t.partId, t.position),
		everyoneReads('rubric_rows_read'),
		writtenWhileUnpublished('rubric_rows_write', sql`part_id = any ((select app.unpublished_part_ids())::uuid[])`)
	]
);

export const stacks = pgTable(
	'stacks',
	{
		id: id(),
		key: text().notNull().unique(),
		title: text().notNull(),
		summary: text().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	() => [everyoneReads('stacks_read'), published('stacks')]
);

/** The rule of a stack as data. An enrollment binds one version; a later version never moves the goal of those inside. */
export const stackVersions = pgTable(
	'stack_versions',
	{
		id: id(),
		stackId: uuid()
			.notNull()
			.references(() => stacks.id),
		number: integer().notNull(),
		rule: jsonb().$type<StackRule>().notNull(),
		publishedAt: instant()
	},
	(t) => [
		unique('stack_versions_number').on(t.stackId, t.number),
		everyoneReads('stack_versions_read'),
		published('stack_versions')
	]
);

/** The microcredentials a stack version offers, in the order a teacher meets them. */
export const stackItems = pgTable(
	'stack_items',
	{
		stackVersionId: uuid().notNull(),
		microcredentialId: uuid()
			.notNull()
			.references(() => microcredentials.id),
		position: integer().notNull()
	},
	(t) => [
		primaryKey({ columns: [t.stackVersionId, t.microcredentialId] }),
		foreignKey({ columns: [t.stackVersionId], foreignColumns: [stackVersions.id], name: 'stack_items_version' }),
		index('stack_items_microcredential').on(t.microcredentialId),
		everyoneReads('stack_items_read'),
		published('stack_items')
	]
);

/** What whoever completes a stack version is given, once. Part of the version: it never changes. */
export const stackOutcomes = pgTable(
	'stack_outcomes',
	{
		id: id(),
		stackVersionId: uuid()
			.notNull()
			.references(() => stackVersions.id),
		position: integer().notNull(),
		kind: text({ enum: ['pay', 'role', 'licence-credit'] }).notNull(),
		/** As the program says it: "500 dollars a year, for good". */
		words: text().notNull()
	},
	(t) => [
		unique('stack_outcomes_order').on(t.stackVersionId, t.position),
		check('stack_outcomes_kind', sql`kind in ('pay', 'role', 'licence-credit')`),
		check('stack_outcomes_words', sql`char_length(words) between 1 and 300`),
		everyoneReads('stack_outcomes_read'),
		published('stack_outcomes')
	]
);

/**
 * What a microcredential is worth where: dated rules that are only ever added. A rule that supersedes another says so, and
 * what a sheet said last year can be looked up for good.
 */
import { sql } from 'drizzle-orm';
import { type AnyPgColumn, check, date, index, numeric, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { issuers, microcredentials } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import { purposes, units } from './register.ts';

const everyoneReads = (name: string) =>
	pgPolicy(name, { for: 'select', to: [authenticated, service], using: sql`true` });

/** In the own name of whoever runs a program, and only added. */
const recorded = (name: string) =>
	pgPolicy(name, {
		for: 'insert',
		to: authenticated,
		withCheck: sql`recorded_by = (select app.uid()) and (select app.runs_a_program())`
	});

/** States and other places that renew licences, by ISO 3166 (`US-TN`). */
export const jurisdictions = pgTable(
	'jurisdictions',
	{
		code: text().primaryKey(),
		name: text().notNull().unique()
	},
	() => [check('jurisdictions_code', sql`code ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'`), everyoneReads('jurisdictions_read')]
);

export const creditRules = pgTable(
	'credit_rules',
	{
		id: id(),
		jurisdiction: text()
			.notNull()
			.references(() => jurisdictions.code),
		/** Null, and nobody named: of every issuer. */
		issuerId: uuid().references(() => issuers.id),
		/** An issuer that is not in the catalogue, as its rule names it. */
		issuerNamed: text(),
		/** Null: of every microcredential of the issuer. */
		microcredentialId: uuid().references(() => microcredentials.id),
		purpose: text({ enum: purposes }).notNull(),
		/** Null: the rule says that it counts, and not in what. */
		unit: text({ enum: units }),
		/** Per microcredential. Null: not known. */
		value: numeric({ precision: 8, scale: 2, mode: 'number' }),
		/** What the rule says, in a sentence. */
		statement: text().notNull(),
		/** Who has to approve, if that is known. */
		approver: text(),
		/** Days, both included. Null from: not known since when; null until: still. */
		validFrom: date(),
		validUntil: date(),
		source: text().notNull(),
		/** When the source said so, in its own words: "2025", "about 2020". */
		asOf: text().notNull(),
		/** The rule that this one takes the place of, and why. */
		supersedes: uuid()
			.unique()
			.references((): AnyPgColumn => creditRules.id),
		reason: text(),
		/** Null: it was there from the beginning. */
		recordedBy: uuid().references(() => people.id),
		recordedAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('credit_rules_purpose', sql`purpose in ('licence-renewal', 'professional-learning', 'first-credential')`),
		check('credit_rules_unit', sql`unit in ('contact-hours', 'ceu', 'state-points', 'clock-hours')`),
		check('credit_rules_value', sql`value >= 0 and (value is null or unit is not null)`),
		check('credit_rules_span', sql`valid_until >= valid_from`),
		check(
			'credit_rules_words',
			sql`char_length(statement) between 1 and 2000 and char_length(source) between 1 and 1000 and char_length(as_of) between 1 and 100 and char_length(approver) <= 300 and char_length(issuer_named) <= 300 and char_length(reason) <= 1000`
		),
		index('credit_rules_jurisdiction').on(t.jurisdiction),
		everyoneReads('credit_rules_read'),
		recorded('credit_rules_record')
	]
);

/** How many of one unit make one of another, where and when: 10 contact hours are one CEU in Mississippi. */
export const creditConversions = pgTable(
	'credit_conversions',
	{
		id: id(),
		jurisdiction: text()
			.notNull()
			.references(() => jurisdictions.code),
		fromUnit: text({ enum: units }).notNull(),
		toUnit: text({ enum: units }).notNull(),
		fromPerTo: numeric({ precision: 8, scale: 2, mode: 'number' }).notNull(),
		validFrom: date(),
		validUntil: date(),
		source: text().notNull(),
		asOf: text().notNull(),
		supersedes: uuid()
			.unique()
			.references((): AnyPgColumn => creditConversions.id),
		reason: text(),
		recordedBy: uuid().references(() => people.id),
		recordedAt: instant().notNull().defaultNow()
	},
	(t) => [
		check(
			'credit_conversions_units',
			sql`from_unit in ('contact-hours', 'ceu', 'state-points', 'clock-hours') and to_unit in ('contact-hours', 'ceu', 'state-points', 'clock-hours') and from_unit <> to_unit`
		),
		check('credit_conversions_ratio', sql`from_per_to > 0`),
		check('credit_conversions_span', sql`valid_until >= valid_from`),
		check(
			'credit_conversions_words',
			sql`char_length(source) between 1 and 1000 and char_length(as_of) between 1 and 100 and char_length(reason) <= 1000`
		),
		index('credit_conversions_jurisdiction').on(t.jurisdiction),
		everyoneReads('credit_conversions_read'),
		recorded('credit_conversions_record')
	]
);

/**
 * The credit register: what a microcredential is worth, where, by which rule, on which day. Pure. Rules of states and
 * issuers are data; nothing of them stands here. What no rule says is not known, and never a number.
 */

/** Kinds of worth, kept apart: they are added to their own kind only. */
export const units = ['contact-hours', 'ceu', 'state-points', 'clock-hours'] as const;
export type Unit = (typeof units)[number];
export const purposes = ['licence-renewal', 'professional-learning', 'first-credential'] as const;
export type Purpose = (typeof purposes)[number];

export const unitWords: Record<Unit, { one: string; many: string; short: string }> = {
	'contact-hours': { one: 'contact hour', many: 'contact hours', short: 'Contact hours' },
	ceu: { one: 'CEU', many: 'CEU', short: 'CEU' },
	'state-points': { one: 'state point', many: 'state points', short: 'State points' },
	'clock-hours': { one: 'clock hour', many: 'clock hours', short: 'Clock hours' }
};
export const purposeWords: Record<Purpose, string> = {
	'licence-renewal': 'Licence renewal',
	'professional-learning': 'Professional learning',
	'first-credential': 'First-time credential'
};

type Dated = {
	id: string;
	/** Days (`2026-11-30`), both included; null from: not known since when, null until: still. */
	validFrom: string | null;
	validUntil: string | null;
	source: string;
	asOf: string;
	supersedes: string | null;
	/** Why it took the place of the one it supersedes. */
	reason: string | null;
	recordedAt: Date;
};
export type Rule = Dated & {
	jurisdiction: string;
	issuerId: string | null;
	issuerNamed: string | null;
	microcredentialId: string | null;
	purpose: Purpose;
	unit: Unit | null;
	value: number | null;
	statement: string;
	approver: string | null;
};
export type Conversion = Dated & { jurisdiction: string; fromUnit: Unit; toUnit: Unit; fromPerTo: number };
export type Register = { rules: Rule[]; conversions: Conversion[] };

export type Asked = {
	jurisdiction: string;
	issuer: { id: string; name: string };
	/** The microcredential, not one of its versions. */
	item: string;
	/** The day on which it was earned, where the program is. */
	on: string;
};

export type Worth =
	| { value: number; rule: Rule; conversion: Conversion | null }
	/** Not known: no rule of that unit, or one that says no number. */
	| { value: null; rule: Rule | null; conversion: null };

export type Credit = {
	worth: Record<Unit, Worth>;
	/** Every rule that speaks of it on that day, the closest first; what is shown as the reason. */
	rules: Rule[];
};

/** What holds on a day, of rows that may take each other's place. */
export function inForce<Row extends Dated>(rows: readonly Row[], on: string): Row[] {
	const next = new Map(rows.flatMap((row) => (row.supersedes ? [[row.supersedes, row]] : [])));
	const holds = ({ validFrom, validUntil }: Row) =>
		(validFrom === null || validFrom <= on) && (validUntil === null || on <= validUntil);
	return rows.filter((row) => {
		if (!holds(row)) return false;
		// From the first day of what takes its place a rule is gone. One that was put right never was: its successor begins
		// no later than it did.
		const seen = new Set([row.id]);
		for (let after = next.get(row.id); after && !seen.has(after.id); after = next.get(after.id)) {
			seen.add(after.id);
			if (after.validFrom === null || after.validFrom <= on) return false;
			if (row.validFrom !== null && after.validFrom <= row.validFrom) return false;
		}
		return true;
	});
}

const closeness = (rule: Rule) => (rule.microcredentialId ? 2 : 0) + (rule.issuerId || rule.issuerNamed ? 1 : 0);

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Rules about one microcredential on a day: the closest first, among equals the one that began last. */
function rulesOn({ rules }: Register, { jurisdiction, issuer, item, on }: Asked): Rule[] {
	const about = rules.filter(
		(rule) =>
			rule.jurisdiction === jurisdiction &&
			rule.purpose !== 'first-credential' &&
			(rule.issuerId === null || rule.issuerId === issuer.id) &&
			(rule.issuerNamed === null || same(rule.issuerNamed, issuer.name)) &&
			(rule.microcredentialId === null || rule.microcredentialId === item)
	);
	return inForce(about, on).toSorted(
		(a, b) =>
			closeness(b) - closeness(a) ||
			order(b.validFrom ?? '', a.validFrom ?? '') ||
			b.recordedAt.getTime() - a.recordedAt.getTime() ||
			order(a.id, b.id)
	);
}
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What one microcredential is worth, unit by unit. A unit that no rule speaks of is worked out of another one where a
 * conversion of that place holds on that day; a conversion is never put behind another.
 */
export function creditOf(register: Register, asked: Asked): Credit {
	const rules = rulesOn(register, asked);
	const said = (unit: Unit): Rule | null => rules.find((rule) => rule.unit === unit) ?? null;
	const worthOf = (unit: Unit): Worth => {
		const rule = said(unit);
		if (rule && rule.value !== null) return { value: rule.value, rule, conversion: null };
		// A rule that names the unit and no number has said what it has to say.
		if (rule) return { value: null, rule, conversion: null };
		for (const from of units) {
			const other = said(from);
			if (!other || other.value === null) continue;
			const conversion = conversionOn(register, asked.jurisdiction, from, unit, asked.on);
			if (conversion) return { value: other.value / conversion.fromPerTo, rule: other, conversion };
		}
		return { value: null, rule: null, conversion: null };
	};
	return { worth: Object.fromEntries(units.map((unit) => [unit, worthOf(unit)])) as Credit['worth'], rules };
}

function conversionOn({ conversions }: Register, jurisdiction: string, from: Unit, to: Unit, on: string) {
	const about = conversions.filter(
		(one) => one.jurisdiction === jurisdiction && one.fromUnit === from && one.toUnit === to
	);
	return (
		inForce(about, on).toSorted((a, b) => order(b.validFrom ?? '', a.validFrom ?? '') || order(a.id, b.id))[0] ?? null
	);
}

/** So much of one unit in another, in a place on a day; null is not known. */
export function converted(
	register: Register,
	{ jurisdiction, value, from, to, on }: { jurisdiction: string; value: number; from: Unit; to: Unit; on: string }
): number | null {
	if (from === to) return value;
	const conversion = conversionOn(register, jurisdiction, from, to, on);
	return conversion && value / conversion.fromPerTo;
}

export type SheetLine = {
	/** The award. */
	id: string;
	item: string;
	title: string;
	issuer: { id: string; name: string };
	/** A day, where its program is. */
	earnedOn: string;
	revoked: boolean;
};
export type Worked = SheetLine & {
	credit: Credit;
	/** Why it is in no sum, if it is in none. */
	left: 'revoked' | 'again' | null;
};
export type Sum = { unit: Unit; value: number; known: number; notKnown: number };

/**
 * A renewal sheet: every award with what it is worth, in the order of the days, and sums of what is known. An award that
 * was taken back is in none. Whether the same microcredential counts a second time no rule says, so it is in none either
 * and counts as not known.
 */
export function renewalSheet(
	register: Register,
	jurisdiction: string,
	awards: SheetLine[]
): { lines: Worked[]; sums: Sum[] } {
	const met = new Set<string>();
	const lines = awards
		.toSorted((a, b) => order(a.earnedOn, b.earnedOn) || order(a.id, b.id))
		.map((line): Worked => {
			const again = met.has(line.item);
			if (!line.revoked) met.add(line.item);
			const asked = { jurisdiction, issuer: line.issuer, item: line.item, on: line.earnedOn };
			return { ...line, credit: creditOf(register, asked), left: line.revoked ? 'revoked' : again ? 'again' : null };
		});
	const counted = lines.filter(({ left }) => left !== 'revoked');
	const sums = units.map((unit): Sum => {
		const known = counted.flatMap(({ left, credit }) => (left === null ? (credit.worth[unit].value ?? []) : []));
		return {
			unit,
			// By hundredths: 0.1 and 0.2 are 0.3.
			value: Math.round(known.reduce((sum, value) => sum + value * 100, 0)) / 100,
			known: known.length,
			notKnown: counted.length - known.length
		};
	});
	return { lines, sums };
}

/** "1.5 CEU", "1 contact hour"; a third of one is rounded to hundredths, and says so. */
export function inUnits(value: number, unit: Unit): string {
	const rounded = Math.round(value * 100) / 100;
	const about = Math.abs(rounded - value) > 1e-9 ? 'about ' : '';
	return `${about}${rounded.toLocaleString('en-US')} ${rounded === 1 ? unitWords[unit].one : unitWords[unit].many}`;
}

/** A sum in words: what is known, and of how many nothing is. */
export function sumInWords({ unit, value, known, notKnown }: Sum): string {
	if (known === 0) return notKnown === 0 ? 'nothing yet' : 'not known';
	return inUnits(value, unit) + (notKnown > 0 ? `, and ${notKnown} not known` : '');
}

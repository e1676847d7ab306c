/** A rule or a conversion as it is typed into a form. Pure: text in, a row or a sentence out. */
import { Refusal } from '#lib/errors.ts';
import { type Purpose, purposes, type Unit, units } from './register.ts';

/** Every field of both forms, as typed. */
export type Typed = Record<
	| 'purpose'
	| 'unit'
	| 'value'
	| 'statement'
	| 'approver'
	| 'issuer'
	| 'issuerNamed'
	| 'item'
	| 'from'
	| 'until'
	| 'source'
	| 'asOf'
	| 'reason'
	| 'fromUnit'
	| 'toUnit'
	| 'ratio',
	string
>;

export type Dates = {
	validFrom: string | null;
	validUntil: string | null;
	source: string;
	asOf: string;
	reason: string | null;
};
export type RuleWish = Dates & {
	purpose: Purpose;
	unit: Unit | null;
	value: number | null;
	statement: string;
	approver: string | null;
	issuerId: string | null;
	issuerNamed: string | null;
	microcredentialId: string | null;
};
export type ConversionWish = Dates & { fromUnit: Unit; toUnit: Unit; fromPerTo: number };

const no = (sentence: string) => new Refusal('rule', `${sentence} Nothing was written down.`);
const filled = (text: string, most: number, name: string): string | null => {
	const bare = text.trim();
	if (bare.length > most) throw no(`${name} may be at most ${most.toLocaleString('en-US')} characters long.`);
	return bare || null;
};
const needed = (text: string, most: number, name: string): string => {
	const bare = filled(text, most, name);
	if (!bare) throw no(`${name} is missing.`);
	return bare;
};

function dayOf(text: string, name: string): string | null {
	const bare = text.trim();
	if (!bare) return null;
	const at = new Date(`${bare}T00:00:00Z`);
	// A browser says 30 February in no field; a script may.
	if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(bare) || isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== bare)
		throw no(`${name} is not a day. One is written 2026-11-30.`);
	return bare;
}

/** Hundredths at most, as the register keeps them; a comma for a point is understood. */
function numberOf(text: string, name: string): number | null {
	const bare = text.trim().replace(',', '.');
	if (!bare) return null;
	if (!/^\d{1,6}(\.\d{1,2})?$/.test(bare))
		throw no(
			`${name} is a number such as 15 or 1.5, with two places behind the point at most. Leave it empty for “not known”.`
		);
	return Number(bare);
}

const unitOf = (text: string): Unit | null => units.find((unit) => unit === text) ?? null;

function datesOf(typed: Typed, instead: { validFrom: string | null } | null): Dates {
	const [validFrom, validUntil] = [dayOf(typed.from, 'The first day'), dayOf(typed.until, 'The last day')];
	if (validFrom && validUntil && validUntil < validFrom) throw no('The last day lies before the first.');
	const reason = filled(typed.reason, 1000, 'The reason');
	if (instead && !reason)
		throw no('Please say why it takes the place of the other: a new rule, or a mistake put right.');
	return {
		validFrom,
		validUntil,
		source: needed(typed.source, 1000, 'The source'),
		asOf: needed(typed.asOf, 100, 'The date of the source'),
		reason: instead ? reason : null
	};
}

/** @throws Refusal rule */
export function ruleOf(typed: Typed, instead: { validFrom: string | null } | null): RuleWish {
	const purpose = purposes.find((one) => one === typed.purpose);
	if (!purpose) throw no('Please choose what it counts for.');
	const unit = unitOf(typed.unit);
	const value = numberOf(typed.value, 'The value');
	if (value !== null && !unit) throw no('A value needs its unit: 15 of what?');
	const issuerId = typed.issuer || null;
	const issuerNamed = filled(typed.issuerNamed, 300, 'The issuer’s name');
	if (issuerId && issuerNamed) throw no('Please choose an issuer or name one that is not in the catalogue, not both.');
	const microcredentialId = typed.item || null;
	return {
		...datesOf(typed, instead),
		purpose,
		unit,
		value,
		statement: needed(typed.statement, 2000, 'What the rule says'),
		approver: filled(typed.approver, 300, 'Who approves'),
		issuerId,
		issuerNamed,
		microcredentialId
	};
}

/** @throws Refusal rule */
export function conversionOf(typed: Typed, instead: { validFrom: string | null } | null): ConversionWish {
	const [fromUnit, toUnit] = [unitOf(typed.fromUnit), unitOf(typed.toUnit)];
	if (!fromUnit || !toUnit || fromUnit === toUnit) throw no('Please choose two units that differ.');
	const fromPerTo = numberOf(typed.ratio, 'How many make one');
	if (!fromPerTo) throw no('How many make one is missing, and nothing is made of none.');
	return { ...datesOf(typed, instead), fromUnit, toUnit, fromPerTo };
}

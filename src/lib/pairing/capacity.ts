/**
 * How many teachers a mentor may have at a time, and by when a teacher is to have one. Pure; the rules are rows
 * (`capacity_rules`), and `app.mentor_limit` says the same in the database: `capacity.cases.ts` asks both.
 *
 * Counted are open pairs, in whatever program: those that began or are accepted, the paused ones, and proposals, because a
 * place that was offered to somebody is not offered to somebody else.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';
import { readDay } from './day.ts';

export type CapacityRule = {
	key: string;
	name: string;
	/** Null: it sets no number of its own. */
	most: number | null;
	fullDayHours: number | null;
	mostFullDay: number | null;
	matchDays: number | null;
	matchFrom: 'employment' | 'enrollment' | null;
	source: string;
};

export type Capacity = {
	most: number;
	/** Why it is so many, in a sentence. */
	why: string;
};

const teachers = (n: number) => `${n} ${n === 1 ? 'teacher' : 'teachers'}`;

/**
 * @param rule what the program goes by now
 * @param ours what counts where the rule sets no number
 * @param own the program's own number, if it set one
 * @param hours how long the mentor teaches on a day; null: nobody entered it, and the stricter number counts
 */
export function capacityOf(rule: CapacityRule, ours: CapacityRule, own: number | null, hours: number | null): Capacity {
	let most = rule.most ?? ours.most ?? 1;
	let why =
		rule.most === null
			? `${rule.name} sets no number, so ours counts: ${teachers(most)} (${rule.source}).`
			: `${rule.name}: ${teachers(most)} (${rule.source}).`;
	if (rule.fullDayHours !== null && rule.mostFullDay !== null) {
		if (hours === null) {
			most = rule.mostFullDay;
			why = `${rule.name}: ${teachers(most)}, because how long they teach on a day is not known. Below ${rule.fullDayHours} hours it would be ${rule.most} (${rule.source}).`;
		} else if (hours >= rule.fullDayHours) {
			most = rule.mostFullDay;
			why = `${rule.name}: ${teachers(most)}, because they teach ${hours} hours a day, which is ${rule.fullDayHours} or more (${rule.source}).`;
		} else
			why = `${rule.name}: ${teachers(most)}, because they teach ${hours} hours a day, below ${rule.fullDayHours} (${rule.source}).`;
	}
	if (own === null) return { most, why };
	if (rule.most === null || rule.key === 'default')
		return { most: own, why: `Your program’s own number: ${teachers(own)}.` };
	return own < most
		? { most: own, why: `Your program’s own number: ${teachers(own)}, fewer than ${rule.name} allows.` }
		: { most, why };
}

const plusDays = (day: string, days: number) =>
	new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * The last day by which a teacher is to be matched. "By day 30 of employment" counts the first day of employment as day 1;
 * "within 30 days of enrollment" counts from the day after it.
 * @returns null where the rule knows no such day; `not known` where the day that it counts from is not
 */
export function matchBy(
	{ matchDays, matchFrom }: Pick<CapacityRule, 'matchDays' | 'matchFrom'>,
	{ employedOn, enrolledOn }: { employedOn: string | null; enrolledOn: string | null }
): string | 'not known' | null {
	if (matchDays === null || matchFrom === null) return null;
	const from = matchFrom === 'employment' ? employedOn : enrolledOn;
	if (from === null) return 'not known';
	return plusDays(from, matchFrom === 'employment' ? matchDays - 1 : matchDays);
}

/** "2 of 5 places taken", and what follows when a rule became stricter meanwhile. */
export function placesInWords(taken: number, most: number): string {
	const said = `${taken} of ${most} ${most === 1 ? 'place' : 'places'} taken`;
	return taken > most ? `${said}: the rule changed after they were; no pair ends because of it` : said;
}

export const longestReason = 500;
const settingShape = v.object({
	ruleKey: v.string(),
	ownMost: v.pipe(
		v.nullish(v.string(), ''),
		v.trim(),
		v.regex(/^\d{0,3}$/, 'Please write your own number of teachers as a whole number, or leave it empty.'),
		v.transform((text) => (text === '' ? null : Number(text))),
		v.check((n) => n === null || (n >= 1 && n <= 100), 'Your own number can be from 1 to 100.')
	),
	fromOn: v.pipe(
		v.string(),
		v.check((day) => readDay(day) !== null, 'Please choose from which day on it counts.')
	),
	reason: v.pipe(
		v.string(),
		v.trim(),
		v.minLength(1, 'Please say why, in a sentence that everybody in the program may read.'),
		v.maxLength(longestReason, `Please say why in at most ${longestReason} letters.`)
	)
});

/**
 * Reads which rule a program is to go by.
 * @param today in the zone of the program; what was true before is not rewritten
 * @throws Refusal 'rule'
 */
export function readCapacitySetting(
	asked: Record<'ruleKey' | 'ownMost' | 'fromOn' | 'reason', unknown>,
	rules: CapacityRule[],
	today: string
): { ruleKey: string; ownMost: number | null; fromOn: string; reason: string } {
	const no = (why: string) => new Refusal('rule', `${why} Nothing has changed.`);
	const read = v.safeParse(settingShape, asked);
	if (!read.success) throw no(read.issues[0].message);
	const rule = rules.find(({ key }) => key === read.output.ruleKey);
	if (!rule) throw no('Please choose one of the rules.');
	if (read.output.fromOn < today)
		throw no('Please choose today or a later day: what counted until now stays as it was.');
	const { ownMost } = read.output;
	if (ownMost !== null && rule.key !== 'default' && rule.most !== null && ownMost > rule.most)
		throw no(`${rule.name} allows ${teachers(rule.most)}, so your own number can’t be higher.`);
	return read.output;
}

/** Reads how long a mentor teaches on a day. @throws Refusal 'rule' */
export function readHours(asked: { hours: unknown; fromOn: unknown }): { hours: number; fromOn: string } {
	const text = typeof asked.hours === 'string' ? asked.hours.trim().replace(',', '.') : '';
	const hours = Number(text);
	if (!/^\d{1,2}(\.\d)?$/.test(text) || hours > 24)
		throw new Refusal(
			'rule',
			'Please write the hours of a day with at most one digit after the point, such as 5.5. Nothing was entered.'
		);
	const fromOn = readDay(asked.fromOn);
	if (!fromOn) throw new Refusal('rule', 'Please choose from which day on they teach so long. Nothing was entered.');
	return { hours, fromOn };
}

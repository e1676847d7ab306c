/** What a coach writes to a pair: a kind word, a time to sit down, or whether another pair would suit better. Pure. */
import { Refusal } from '#lib/errors.ts';
import { readMinutes, readStart } from '#lib/meeting/meeting.ts';
import { type AddressedTo, longestReach, type ReachKind, reachKinds } from './reach-words.ts';

export type Reach = {
	kind: ReachKind;
	addressedTo: AddressedTo;
	words: string;
	startsAt: Date | null;
	minutes: number | null;
};

export type Asked = Record<'kind' | 'to' | 'words' | 'day' | 'clock' | 'minutes', unknown>;

/**
 * Reads what a coach asks to be sent.
 * @param zone where the coach is: the day and the time are on their clock
 * @throws Refusal 'rule' with what is wrong
 */
export function readReach(asked: Asked, zone: string, now: Date): Reach {
	const kind = reachKinds.find((one) => one === asked.kind);
	if (!kind) throw no('Please choose what this is: a kind word, a time, or a rematch.');
	const addressedTo = (['teacher', 'mentor', 'both'] as const).find((one) => one === asked.to);
	if (!addressedTo) throw no('Please choose to whom it goes.');
	if (kind === 'rematch' && addressedTo === 'both')
		throw no(
			'Please ask each of them alone whether another pair would suit better: nobody should have to say it before the other.'
		);
	const words = typeof asked.words === 'string' ? asked.words.replace(/\r\n?/g, '\n').trim() : '';
	if (words === '') throw no('Please write a few words.');
	if (words.length > longestReach) throw no(`Please keep it to ${longestReach} letters.`);
	if (kind !== 'slot') return { kind, addressedTo, words, startsAt: null, minutes: null };
	const startsAt = readStart(asked.day, asked.clock, zone, now);
	if (startsAt <= now) throw no('That time is over. Please choose a later one.');
	return { kind, addressedTo, words, startsAt, minutes: readMinutes(asked.minutes) };
}

const no = (why: string) => new Refusal('rule', `${why} Nothing was sent yet.`);

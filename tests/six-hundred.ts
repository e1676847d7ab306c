/**
 * Six hundred published microcredentials, the same every time, many of them near misses of a search for wait time: that
 * wait for something else, that are about time, about questions, or about both.
 */
import { uuidv7 } from 'uuidv7';
import { issuers, microcredentials, microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';

const titles = [
	'Time on task in {s}',
	'Waiting in line without losing the lesson, {s}',
	'Wait your turn: taking turns in {s}',
	'Saving time with routines in {s}',
	'Planning time for {s}',
	'Asking better questions in {s}',
	'Questions that students ask in {s}',
	'Longer texts in {s}',
	'Answers in whole sentences, {s}',
	'A time line for {s}',
	'Real-time feedback in {s}',
	'Lifting weights safely before {s}',
	'Pausing a film in {s}',
	'Transition time between {s} and lunch',
	'Think time journals in {s}',
	'Screen time and {s}',
	'Exit notes for {s}',
	'Groups that work in {s}',
	'Families as partners in {s}',
	'Word walls for {s}'
];
const subjects = [
	'Art',
	'Biology',
	'Chemistry',
	'English',
	'Geography',
	'History',
	'Mathematics',
	'Music',
	'Physics',
	'Reading'
];
const competencies = [
	'The teacher keeps the time of a lesson and leaves time for questions at the end.',
	'The teacher waits until everybody listens before the lesson begins.',
	'The teacher asks a question in time and uses what students answer.'
];

export const waitTime = 'Wait time after questions';

/** @returns the id of the issuer whose they are */
export async function plantSixHundred(tx: Tx): Promise<string> {
	const issuerId = uuidv7();
	await tx.insert(issuers).values({ id: issuerId, key: 'six-hundred', name: 'Six Hundred' });
	const all = Array.from({ length: 600 }, (_, n) => {
		const subject = subjects[n % subjects.length]!;
		const title = titles[Math.floor(n / subjects.length) % titles.length]!.replace('{s}', subject);
		const set = Math.floor(n / (subjects.length * titles.length)) + 1;
		return { id: uuidv7(), n, subject, title: n === 300 ? waitTime : `${title}, ${set}` };
	});
	await tx.insert(microcredentials).values(all.map(({ id, n }) => ({ id, issuerId, key: `item-${n}` })));
	await tx.insert(microcredentialVersions).values(
		all.map(({ id, n, subject, title }) => ({
			microcredentialId: id,
			number: 1,
			title,
			competency:
				title === waitTime
					? 'The teacher leaves time to think after a question and uses what pupils say.'
					: competencies[n % competencies.length]!,
			subjects: title === waitTime ? [] : [subject],
			grades: n % 3 === 0 ? [] : [String((n % 12) + 1)],
			hours: n % 4 === 0 ? null : (n % 25) + 1,
			status: 'published' as const,
			publishedAt: new Date('2026-08-01T12:00:00Z')
		}))
	);
	return issuerId;
}

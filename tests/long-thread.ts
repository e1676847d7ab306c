/** Threads longer than anybody's patience, for what a page may weigh and how it is found one's way in. */
import { wordsOf } from '#lib/discussion/body.ts';
import { bodyOfText } from '#lib/discussion/plain-text.ts';
import { postReactions, posts, postWords, threadReads, threads } from '#lib/discussion/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';
import { cast, type PersonKey } from '../src/seed/cast.ts';
import { castId } from '../src/seed/ids.ts';
import { Random } from './fuzz/random.ts';

const authors: PersonKey[] = [
	'rosa',
	'idris',
	'luis',
	'mei',
	'priya',
	'thuy',
	'carmen',
	'noor',
	'hannah',
	'owen',
	'emeka'
];
/** Drawn at random they are harder to press together than what people write. */
const words =
	'I you they we and but because when after before with without again never always once twice the a my your our their class lesson question answer silence seconds table window door board pupil partner group morning Friday Monday period grade whole half first last slow quick loud quiet hand eyes voice name note paper pencil chart job rule routine story number fraction poem map song mistake reason idea plan try tried wait waited ask asked tell told show showed write wrote read count counted whisper laugh move moved stand stood sit start stop forget remember notice change help need want think thought know knew feel felt look looked seem seemed keep kept give gave take took find found leave left bring brought make made turn turned works worked better worse harder easier enough almost nearly maybe really only still yet already today tomorrow yesterday week month minute bell lunch recess hallway office parent mentor coach colleague principal meeting email call home'.split(
		' '
	);

/** @param n of the thread among the cast's; @param count its posts; @param read how far Rosa has read in it */
export async function plantLongThread(tx: Tx, n: number, count: number, now: Date, read = 0): Promise<void> {
	const random = new Random(n);
	const sentence = () => {
		const said = Array.from({ length: 6 + random.int(12) }, () => random.pick(words));
		return `${said[0]![0]!.toUpperCase()}${said.join(' ').slice(1)}.`;
	};
	const [cohortId, threadId] = [cast.cohorts.cohortA.id, castId('thread', n)];
	const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
	await tx.insert(threads).values({
		id: threadId,
		cohortId,
		microcredentialId: cast.microcredentials.waitTime.id,
		kind: 'question',
		title: 'What do you do while nobody answers?',
		authorId: cast.people.rosa.id,
		createdAt: ago(count * 7),
		lastPostAt: ago(7),
		formId: castId('thread', 1000 + n),
		toldAt: now
	});
	const said = Array.from({ length: count }, (_, i) => ({
		id: castId('post', n * 100_000 + i + 1),
		threadId,
		cohortId,
		authorId: cast.people[i === 0 ? 'rosa' : random.pick(authors)].id,
		createdAt: ago((count - i) * 7),
		quotesId: i % 6 === 5 ? castId('post', n * 100_000 + i) : null,
		quote: i % 6 === 5 ? sentence() : null,
		formId: castId('post', 100_000_000 + n * 100_000 + i + 1),
		toldAt: now
	}));
	// Many at once: one by one, a busy machine takes minutes.
	for (let from = 0; from < count; from += 200) {
		const some = said.slice(from, from + 200);
		await tx.insert(posts).values(some);
		await tx.insert(postWords).values(
			some.map(({ id, authorId, createdAt }, i) => {
				const body = bodyOfText(Array.from({ length: 2 + random.int(4) }, sentence).join(i % 5 ? ' ' : '\n\n'));
				return {
					postId: id,
					revision: 1,
					cohortId,
					threadId,
					authorId,
					body,
					words: wordsOf(body),
					writtenAt: createdAt
				};
			})
		);
	}
	await tx.insert(postReactions).values(
		said.slice(-60).flatMap(({ id, createdAt }, i) =>
			authors.slice(0, i % 4).map((person) => ({
				postId: id,
				cohortId,
				personId: cast.people[person].id,
				kind: 'thanks' as const,
				at: createdAt
			}))
		)
	);
	if (read)
		await tx
			.insert(threadReads)
			.values({ personId: cast.people.rosa.id, threadId, cohortId, upTo: read, at: ago(3 * 24 * 60) });
}

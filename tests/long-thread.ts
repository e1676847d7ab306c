/** Threads longer than anybody's patience, for what a page may weigh and how it is found one's way in. */
import type { Tx } from '#lib/server/database.ts';
import type { PersonKey } from '../src/seed/cast.ts';
import { minutes } from '../src/seed/moments.ts';
import { plantThread } from '../src/seed/plant-talk.server.ts';
import type { CastThread } from '../src/seed/talk.ts';
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

/** @param n of the thread among the cast's; @param count its posts */
export function plantLongThread(tx: Tx, n: number, count: number, now: Date, read?: CastThread['read']) {
	const random = new Random(n);
	const sentence = () => {
		const said = Array.from({ length: 6 + random.int(12) }, () => random.pick(words));
		return `${said[0]![0]!.toUpperCase()}${said.join(' ').slice(1)}.`;
	};
	const thread: CastThread = {
		id: castId('thread', n),
		n,
		cohort: 'cohortA',
		microcredential: 'waitTime',
		kind: 'question',
		title: 'What do you do while nobody answers?',
		...(read && { read }),
		posts: Array.from({ length: count }, (_, i) => ({
			by: authors[random.int(authors.length)]!,
			at: minutes((count - i) * 7),
			text: Array.from({ length: 2 + random.int(4) }, sentence).join(i % 5 ? ' ' : '\n\n'),
			...(i % 6 === 5 && { quotes: [i, 'as it was said'] as [number, string] }),
			...(i % 4 === 1 && { thanks: authors.slice(0, 1 + random.int(4)) })
		}))
	};
	return plantThread(tx, thread, now);
}

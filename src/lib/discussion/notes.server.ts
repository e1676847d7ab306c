/** What a thread's page says beside its posts: acts of moderators, and looks at whoever asked, as far as they concern the reader. */
import type { Person } from '#lib/identity/person.ts';
import type { Tx } from '#lib/server/database.ts';
import { type ActShown, actsOfThread } from './moderation.server.ts';
import { namelessOffer, type NamelessOffer } from './nameless.server.ts';
import { type Reveal, revealsIn } from './reveal.server.ts';
import type { ThreadFound } from './threads.server.ts';

export type ThreadNotes = {
	acts: ActShown[];
	reveals: Reveal[];
	/** For whoever asked this without a name, and answers so too. */
	nameless: NamelessOffer | null;
};

/** Inside the transaction of somebody who may read the thread. */
export const notesOf = async (tx: Tx, person: Person, { thread, asked }: ThreadFound): Promise<ThreadNotes> => ({
	acts: await actsOfThread(tx, thread.id),
	reveals: thread.nameless ? await revealsIn(tx, person, thread.id) : [],
	nameless: thread.nameless && asked ? { ...(await namelessOffer(tx, person, thread.cohortId)), why: null } : null
});

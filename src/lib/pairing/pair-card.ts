import type { Person } from '#lib/identity/person.ts';
import type { PairState } from './policy.ts';

/** A pair as its teacher or mentor sees it in a card. */
export type PairShown = {
	id: string;
	status: PairState['status'];
	endedAs: PairState['endedAs'];
	other: Person;
	otherIs: 'teacher' | 'mentor';
	/** What is so and since when. */
	words: string;
	/** Whether the other wrote last and waits for the person asking. */
	waits: boolean;
	/** Reflections in work, the one touched last first. */
	open: { id: string; title: string; on: string; words: string }[];
	/** When the two meet next, as it is said; null where nothing is ahead. */
	next: string | null;
	/** The way to the check-ins, with when the last one was; null where there is none to read or send. */
	checkIn: string | null;
	/** Which coach wrote to the person asking this week; null where none did. */
	reached: string | null;
	/** Of the teacher's stack; null where the person asking may not know. */
	stack: string | null;
};

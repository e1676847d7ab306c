/** The words in which its neighbours say what a door answers to whom. */
import type { Who } from '../world.ts';

export type State = 'proposed' | 'accepted' | 'active' | 'paused' | 'completed' | 'rematched' | 'withdrawn';

/** The status, or for a socket the code it is closed with, or that it stays open. */
export type Answer = number | 'opens';
export type ByState = Record<State, Answer>;
/** `else` speaks for whoever is not named. */
export type ByWho = { [who in Who | 'else']?: Answer | ByState } & { else: Answer | ByState };

export type Line = {
	/** Where to ask, `:pair`, `:reflection`, `:frozen`, `:program`, `:cohort`, `:talk`, `:spoken`, `:member` and `:teacher` standing for the ids. */
	at: string;
	/** Fields of the form that is sent. */
	sent?: Record<string, string>;
	/** Whether the answer depends on a pair at all; if not it is asked once by each. */
	ofPair?: true;
	/** What is different in the database after a 303 and in no other case: nothing, unless it is said here. */
	changes?: 'a reflection more' | 'the pair ended' | 'the session ended';
	answers: ByWho;
};

/** The statuses that mean: go to the sign-in page first. */
export const nobodies = (answer: Answer) => ({ nobody: answer, 'signed out': answer, expired: answer, left: answer });
export const always = (answer: Answer): ByState => ({
	proposed: answer,
	accepted: answer,
	active: answer,
	paused: answer,
	completed: answer,
	rematched: answer,
	withdrawn: answer
});
export const ended = (answer: Answer) => ({ completed: answer, rematched: answer, withdrawn: answer });

export const everybody = (answer: Answer): ByWho => ({ else: answer });
export const whoeverIsSignedIn: ByWho = { ...nobodies(303), else: 200 };
/** Who holds a role of the matrix now: of its people only the managers do. */
export const whoeverManages = (answer: Answer) => ({
	manager: answer,
	'manager by mail': answer,
	'district manager': answer,
	'sibling manager': answer,
	'other manager': answer
});
/** A form of one's own. */
export const forms = (answer: Answer): ByWho => ({ ...nobodies(303), else: answer });
/** The same, where whoever manages and has not shown a passkey is sent to show one first. */
export const withPasskeyFirst = (answer: Answer): ByWho => ({ ...forms(answer), 'manager by mail': 303 });
/** Of the program at hand; the same people of another are strangers here. Without a passkey they are led to it. */
export const managers = (answer: Answer): ByWho => ({
	...nobodies(303),
	manager: answer,
	'district manager': answer,
	'manager by mail': 303,
	else: 404
});

/** Who is something in the program of a place now: a role, a seat or a place in the queue, an open pair, a caseload. */
export const whoeverIsInIt = (answer: Answer) => ({
	teacher: answer,
	mentor: answer,
	classmate: answer,
	applicant: answer,
	coach: answer,
	manager: answer,
	'manager by mail': answer
});
/** Whoever is in the cohort of a place now, and so talks with it. */
export const talkers = (answer: Answer): ByWho => ({
	...nobodies(303),
	teacher: answer,
	mentor: answer,
	classmate: answer,
	coach: answer,
	else: 404
});
/** Whoever may read the reflection. */
export const readers = (answer: Answer): ByWho => ({
	...nobodies(303),
	teacher: { ...always(answer), proposed: 404, accepted: 404 },
	mentor: { ...always(answer), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
	else: 404
});
/** The teacher decides, and the mentor, where they read it, may not. */
export const theTeacher = (answer: Answer): ByWho => ({
	...readers(answer),
	mentor: { ...always(403), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 }
});
/** Whoever manages any program may change the catalogue; the others are told so. */
export const importers = (answer: Answer): ByWho => ({
	...nobodies(303),
	manager: answer,
	'district manager': answer,
	'other manager': answer,
	'manager by mail': 303,
	// Manages a school in which there is no program.
	else: 403
});
/** Doors of the demo, which this product is not. */
export const notHere = everybody(404);

/** Those who may read a pair's words, while they may. */
export const whoeverReads: ByWho = {
	...nobodies(303),
	teacher: { ...always(200), proposed: 404, accepted: 404 },
	mentor: { ...always(200), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
	else: 404
};
/** The same for a form: what it answers where writing goes on, and where there is only reading. */
export const whoeverWrites = (answer: Answer, reads: Answer): ByWho => ({
	...nobodies(303),
	teacher: { ...always(reads), active: answer, proposed: 404, accepted: 404 },
	mentor: { ...always(reads), active: answer, proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
	else: 404
});

/** A draft that is not there. */
export const noDraft = '01900000-0000-7000-8099-000000000099';

/**
 * The matrix: what each door answers to whom, by how they stand to a pair and by where the pair stands in its life. A door
 * without a line here fails the suite. What must not be found in an answer needs no line: it follows from
 * `tests/worlds/model.ts`, for every answer.
 */
import type { Who } from './world.ts';

export type State = 'proposed' | 'accepted' | 'active' | 'paused' | 'completed' | 'rematched' | 'withdrawn';

/** The status, or for a socket the code it is closed with, or that it stays open. */
export type Answer = number | 'opens';
type ByState = Record<State, Answer>;
/** `else` speaks for whoever is not named. */
type ByWho = { [who in Who | 'else']?: Answer | ByState } & { else: Answer | ByState };

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
const nobodies = (answer: Answer) => ({ nobody: answer, 'signed out': answer, expired: answer, left: answer });
const always = (answer: Answer): ByState => ({
	proposed: answer,
	accepted: answer,
	active: answer,
	paused: answer,
	completed: answer,
	rematched: answer,
	withdrawn: answer
});
const ended = (answer: Answer) => ({ completed: answer, rematched: answer, withdrawn: answer });

const everybody = (answer: Answer): ByWho => ({ else: answer });
const whoeverIsSignedIn: ByWho = { ...nobodies(303), else: 200 };
/** Who holds a role of the matrix now: of its people only the managers do. */
const whoeverManages = (answer: Answer) => ({
	manager: answer,
	'manager by mail': answer,
	'district manager': answer,
	'sibling manager': answer,
	'other manager': answer
});
/** A form of one's own. */
const forms = (answer: Answer): ByWho => ({ ...nobodies(303), else: answer });
/** The same, where whoever manages and has not shown a passkey is sent to show one first. */
const withPasskeyFirst = (answer: Answer): ByWho => ({ ...forms(answer), 'manager by mail': 303 });
/** Of the program at hand; the same people of another are strangers here. Without a passkey they are led to it. */
const managers = (answer: Answer): ByWho => ({
	...nobodies(303),
	manager: answer,
	'district manager': answer,
	'manager by mail': 303,
	else: 404
});

/** Who is something in the program of a place now: a role, a seat or a place in the queue, an open pair, a caseload. */
const whoeverIsInIt = (answer: Answer) => ({
	teacher: answer,
	mentor: answer,
	classmate: answer,
	applicant: answer,
	coach: answer,
	manager: answer,
	'manager by mail': answer
});
/** Whoever is in the cohort of a place now, and so talks with it. */
const talkers = (answer: Answer): ByWho => ({
	...nobodies(303),
	teacher: answer,
	mentor: answer,
	classmate: answer,
	coach: answer,
	else: 404
});
/** Whoever may read the reflection. */
const readers = (answer: Answer): ByWho => ({
	...nobodies(303),
	teacher: { ...always(answer), proposed: 404, accepted: 404 },
	mentor: { ...always(answer), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
	else: 404
});
/** The teacher decides, and the mentor, where they read it, may not. */
const theTeacher = (answer: Answer): ByWho => ({
	...readers(answer),
	mentor: { ...always(403), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 }
});
/** Whoever manages any program may change the catalogue; the others are told so. */
const importers = (answer: Answer): ByWho => ({
	...nobodies(303),
	manager: answer,
	'district manager': answer,
	'other manager': answer,
	'manager by mail': 303,
	// Manages a school in which there is no program.
	else: 403
});
/** Doors of the demo, which this product is not. */
const notHere = everybody(404);

/** Those who may read a pair's words, while they may. */
const whoeverReads: ByWho = {
	...nobodies(303),
	teacher: { ...always(200), proposed: 404, accepted: 404 },
	mentor: { ...always(200), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
	else: 404
};
/** The same for a form: what it answers where writing goes on, and where there is only reading. */
const whoeverWrites = (answer: Answer, reads: Answer): ByWho => ({
	...nobodies(303),
	teacher: { ...always(reads), active: answer, proposed: 404, accepted: 404 },
	mentor: { ...always(reads), active: answer, proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
	else: 404
});

/** A draft that is not there. */
const noDraft = '01900000-0000-7000-8099-000000000099';

/** A meeting that is not there. */
const noMeeting = '01900000-0000-7000-8099-000000000098';
/** About a meeting that is not there: the two are told so while they are together, and else that they are not. */
const meets = { ...always(422), active: 404, paused: 404 } as const;
const onAMeeting: ByWho = { ...nobodies(303), teacher: meets, mentor: meets, coach: 403, else: 404 };
/** About nothing at all. */
const onNothing: ByWho = { ...nobodies(303), teacher: 422, mentor: 422, coach: 403, else: 404 };
/** What is refused is shown on the page, and a page that is not there says so first. */
const onAPageThatIsNotThere: ByWho = { ...nobodies(303), coach: 403, else: 404 };
const one = `/pairs/:pair/meetings/${noMeeting}`;
const meetingLines: Record<string, Line> = {
	'page /pairs/[id]/meetings': {
		at: '/pairs/:pair/meetings',
		ofPair: true,
		answers: { ...nobodies(303), teacher: 200, mentor: 200, coach: 200, 'manager by mail': 303, else: 404 }
	},
	'action /pairs/[id]/meetings propose': {
		at: '/pairs/:pair/meetings?/propose',
		sent: {},
		ofPair: true,
		answers: { ...nobodies(303), teacher: 422, mentor: 422, coach: 422, 'manager by mail': 303, else: 404 }
	},
	'action /pairs/[id]/meetings accept': {
		at: '/pairs/:pair/meetings?/accept',
		sent: {},
		ofPair: true,
		answers: onAMeeting
	},
	'action /pairs/[id]/meetings cancel': {
		at: '/pairs/:pair/meetings?/cancel',
		sent: {},
		ofPair: true,
		answers: onAMeeting
	},
	'action /pairs/[id]/meetings confirm': {
		at: '/pairs/:pair/meetings?/confirm',
		sent: { minutes: '45' },
		ofPair: true,
		answers: onAMeeting
	},
	'action /pairs/[id]/meetings addToAgenda': {
		at: '/pairs/:pair/meetings?/addToAgenda',
		sent: {},
		ofPair: true,
		answers: onNothing
	},
	'page /pairs/[id]/meetings/[meeting]': {
		at: one,
		ofPair: true,
		answers: { ...nobodies(303), 'manager by mail': 303, else: 404 }
	},
	'action /pairs/[id]/meetings/[meeting] accept': {
		at: `${one}?/accept`,
		sent: {},
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'action /pairs/[id]/meetings/[meeting] move': {
		at: `${one}?/move`,
		sent: {},
		ofPair: true,
		answers: { ...nobodies(303), 'manager by mail': 303, else: 404 }
	},
	'action /pairs/[id]/meetings/[meeting] cancel': {
		at: `${one}?/cancel`,
		sent: {},
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'action /pairs/[id]/meetings/[meeting] confirm': {
		at: `${one}?/confirm`,
		sent: { minutes: '45' },
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'action /pairs/[id]/meetings/[meeting] addToAgenda': {
		at: `${one}?/addToAgenda`,
		sent: {},
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'action /pairs/[id]/meetings/[meeting] tick': {
		at: `${one}?/tick`,
		sent: {},
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'action /pairs/[id]/meetings/[meeting] saveNotes': {
		at: `${one}?/saveNotes`,
		sent: {},
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'action /pairs/[id]/meetings/[meeting] settle': {
		at: `${one}?/settle`,
		sent: {},
		ofPair: true,
		answers: onAPageThatIsNotThere
	},
	'page /account/calendar': { at: '/account/calendar', answers: whoeverIsSignedIn },
	'action /account/calendar addAddress': { at: '/account/calendar?/addAddress', sent: {}, answers: forms(422) },
	'action /account/calendar addFile': { at: '/account/calendar?/addFile', sent: {}, answers: forms(422) },
	'action /account/calendar remove': { at: '/account/calendar?/remove', sent: {}, answers: forms(404) },
	'action /account/calendar saveTimetable': {
		at: '/account/calendar?/saveTimetable',
		sent: { from: 'x' },
		answers: forms(422)
	},
	'action /account/calendar saveZone': {
		at: '/account/calendar?/saveZone',
		sent: { zone: 'Nowhere' },
		answers: forms(422)
	},
	'action /account/calendar makeFeed': { at: '/account/calendar?/makeFeed', sent: {}, answers: forms(200) },
	'action /account/calendar revokeFeed': { at: '/account/calendar?/revokeFeed', sent: {}, answers: forms(303) },
	// A secret that nobody has.
	'GET /calendar/[feed]': { at: '/calendar/nobody.ics', answers: everybody(404) },
	'page /programs/[id]/times': { at: '/programs/:program/times', answers: managers(200) },
	'action /programs/[id]/times setTimes': {
		at: '/programs/:program/times?/setTimes',
		sent: {},
		answers: managers(422)
	},
	'action /programs/[id]/times setShare': { at: '/programs/:program/times?/setShare', sent: {}, answers: managers(422) }
};

/** A notice that is not there. */
const noNotice = '01900000-0000-7000-8099-000000000097';
/** What one is told is one's own: nobody else has any, so what is asked for here is never there. */
const notificationLines: Record<string, Line> = {
	'page /notifications': { at: '/notifications', answers: whoeverIsSignedIn },
	'action /notifications readAll': {
		at: '/notifications?/readAll',
		sent: { until: '2020-01-01T00:00:00Z' },
		answers: forms(303)
	},
	'action /notifications mute': { at: '/notifications?/mute', sent: { notice: noNotice }, answers: forms(404) },
	'action /notifications unmute': { at: '/notifications?/unmute', sent: {}, answers: forms(303) },
	'GET /notifications/[id]': { at: `/notifications/${noNotice}`, answers: forms(404) },
	'page /account/notifications': { at: '/account/notifications', answers: whoeverIsSignedIn },
	'action /account/notifications save': { at: '/account/notifications?/save', sent: {}, answers: forms(422) },
	'action /account/notifications unmute': { at: '/account/notifications?/unmute', sent: {}, answers: forms(303) },
	'action /account/notifications addBrowser': {
		at: '/account/notifications?/addBrowser',
		sent: {},
		answers: forms(422)
	},
	'action /account/notifications removeBrowser': {
		at: '/account/notifications?/removeBrowser',
		sent: {},
		answers: forms(404)
	},
	// A link that nobody has.
	'page /unsubscribe/[token]': { at: '/unsubscribe/nobody', answers: everybody(404) },
	'action /unsubscribe/[token] default': {
		at: '/unsubscribe/nobody',
		sent: { 'List-Unsubscribe': 'One-Click' },
		answers: everybody(404)
	}
};

export const lines: Record<string, Line> = {
	...meetingLines,
	...notificationLines,
	'page /': { at: '/', answers: whoeverIsSignedIn },
	'page /reflections': { at: '/reflections', answers: whoeverIsSignedIn },
	'page /sign-in': { at: '/sign-in', answers: everybody(200) },
	'page /sign-in/code': { at: '/sign-in/code', answers: everybody(200) },
	'page /sign-in/link': { at: '/sign-in/link', answers: everybody(200) },
	// Whoever has no role, or no step of that kind to take, goes on to where theirs begin.
	'page /welcome': { at: '/welcome', answers: everybody(303) },
	'page /welcome/stack': { at: '/welcome/stack', answers: everybody(303) },
	'page /welcome/time': { at: '/welcome/time', answers: everybody(303) },
	'page /welcome/who': { at: '/welcome/who', answers: { ...everybody(303), ...whoeverManages(200) } },
	'page /account/plan': { at: '/account/plan', answers: whoeverIsSignedIn },
	'page /sign-in/passkey': { at: '/sign-in/passkey', answers: everybody(200) },
	'page /account/passkeys': { at: '/account/passkeys', answers: whoeverIsSignedIn },
	'page /account/prove': { at: '/account/prove', answers: whoeverIsSignedIn },
	'page /account/data': { at: '/account/data', answers: whoeverIsSignedIn },
	// Whoever is anything in that program now; what somebody was, or is above it, is not left here.
	'page /account/data/leave/[program]': {
		at: '/account/data/leave/:program',
		answers: { ...nobodies(303), ...whoeverIsInIt(200), else: 404 }
	},
	'page /account/data/delete': { at: '/account/data/delete', answers: whoeverIsSignedIn },
	'page /sign-in/back': { at: '/sign-in/back', answers: everybody(200) },
	'page /outbox': { at: '/outbox', answers: notHere },
	'GET /outbox/[id]': { at: '/outbox/01900000-0000-7000-8099-000000000097', answers: notHere },

	'page /pairs/[id]': {
		at: '/pairs/:pair',
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: 200,
			mentor: 200,
			coach: 200,
			manager: 200,
			'manager by mail': 303,
			'district manager': 200,
			else: 404
		}
	},
	'page /reflections/[id]': {
		at: '/reflections/:reflection',
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(200), proposed: 404, accepted: 404 },
			mentor: { ...always(200), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
			else: 404
		}
	},
	'page /reflections/[id]/copy': {
		at: '/reflections/:reflection/copy?authors&comments',
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(200), proposed: 404, accepted: 404 },
			mentor: { ...always(200), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
			else: 404
		}
	},
	'POST /reflections/[id]/copy/file': {
		at: '/reflections/:reflection/copy/file',
		sent: { format: 'html', authors: 'on', comments: 'on' },
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(200), proposed: 404, accepted: 404 },
			mentor: { ...always(200), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
			else: 404
		}
	},
	// Without a file: a sentence beside the form. What comes out of one is for whoever may write.
	'action /reflections/[id]/copy read': {
		at: '/reflections/:reflection/copy?/read',
		sent: {},
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(422), proposed: 404, accepted: 404 },
			mentor: { ...always(422), proposed: 404, accepted: 404, rematched: 404, withdrawn: 404 },
			else: 404
		}
	},
	'page /reflections/[id]/prompts': { at: '/reflections/:reflection/prompts', ofPair: true, answers: readers(200) },
	'page /reflections/[id]/sharing': { at: '/reflections/:reflection/sharing', ofPair: true, answers: readers(200) },
	'page /reflections/[id]/sharing/[version]': {
		at: '/reflections/:reflection/sharing/:frozen',
		ofPair: true,
		answers: readers(200)
	},
	// It is shared already, and stays so.
	'action /reflections/[id]/sharing share': {
		at: '/reflections/:reflection/sharing?/share',
		sent: {},
		ofPair: true,
		answers: theTeacher(303)
	},
	// A version of it is frozen.
	'action /reflections/[id]/sharing takeBack': {
		at: '/reflections/:reflection/sharing?/takeBack',
		sent: {},
		ofPair: true,
		answers: theTeacher(422)
	},
	'action /reflections/[id]/sharing show': {
		at: '/reflections/:reflection/sharing?/show',
		sent: { passage: 'x' },
		ofPair: true,
		answers: theTeacher(422)
	},
	// There is no such passage.
	'action /reflections/[id]/sharing withdraw': {
		at: '/reflections/:reflection/sharing?/withdraw',
		sent: { passage: 'x' },
		ofPair: true,
		answers: readers(422)
	},
	'action /reflections/[id]/sharing freeze': {
		at: '/reflections/:reflection/sharing?/freeze',
		sent: { name: '' },
		ofPair: true,
		answers: theTeacher(422)
	},
	'page /reflections/[id]/history': {
		at: '/reflections/:reflection/history',
		ofPair: true,
		answers: whoeverReads
	},
	'page /reflections/[id]/history/[number]': {
		at: '/reflections/:reflection/history/2',
		ofPair: true,
		answers: whoeverReads
	},
	'page /reflections/[id]/history/difference': {
		at: '/reflections/:reflection/history/difference?from=1&to=2',
		ofPair: true,
		answers: whoeverReads
	},
	'page /reflections/[id]/history/authors': {
		at: '/reflections/:reflection/history/authors',
		ofPair: true,
		answers: whoeverReads
	},
	'action /reflections/[id]/history name': {
		at: '/reflections/:reflection/history?/name',
		sent: { name: '' },
		ofPair: true,
		answers: whoeverWrites(422, 422)
	},
	// The text is so already, and nothing is written.
	'action /reflections/[id]/history/[number] bringBack': {
		at: '/reflections/:reflection/history/1?/bringBack',
		sent: { seen: '2' },
		ofPair: true,
		answers: whoeverWrites(303, 422)
	},
	'action /reflections/[id]/history/difference read': {
		at: '/reflections/:reflection/history/difference?/read',
		sent: { number: '2' },
		ofPair: true,
		answers: whoeverWrites(303, 303)
	},
	'socket /live/[id]': {
		at: '/live/:reflection',
		ofPair: true,
		answers: {
			...nobodies(4401),
			teacher: { ...always('opens'), proposed: 4403, accepted: 4403 },
			mentor: { ...always('opens'), proposed: 4403, accepted: 4403, rematched: 4403, withdrawn: 4403 },
			else: 4403
		}
	},

	'action /account/plan changeStack': {
		at: '/account/plan?/changeStack',
		sent: { program: noDraft, stack: noDraft },
		answers: forms(404)
	},
	'page /plan': { at: '/plan', answers: whoeverIsSignedIn },
	// Of the two, while they are one.
	'page /pairs/[id]/plan': {
		at: '/pairs/:pair/plan',
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(404), active: 200, paused: 200 },
			mentor: { ...always(404), active: 200, paused: 200 },
			else: 404
		}
	},
	// A place that is not there, or not one's own.
	...Object.fromEntries(
		['hours', 'move', 'instead', 'pause', 'resume'].map((act) => [
			`action /plan ${act}`,
			{ at: `/plan?/${act}`, sent: { enrollment: noDraft, hours: '2' }, answers: forms(404) }
		])
	),
	'action /pairs/[id] startReflection': {
		at: '/pairs/:pair?/startReflection',
		sent: { title: 'Started just now', microcredentialVersionId: ':version' },
		ofPair: true,
		changes: 'a reflection more',
		answers: {
			...nobodies(303),
			teacher: { ...always(422), active: 303 },
			mentor: { ...always(422), active: 303 },
			else: 404
		}
	},
	// An ended pair answers as if it had just been ended, and stays as it is.
	'action /pairs/[id] endPair': {
		at: '/pairs/:pair?/endPair',
		sent: { ending: 'leaving', sure: 'yes' },
		ofPair: true,
		changes: 'the pair ended',
		answers: {
			...nobodies(303),
			teacher: 303,
			mentor: 303,
			manager: 303,
			'manager by mail': 303,
			'district manager': 303,
			coach: { ...always(403), ...ended(303) },
			else: 404
		}
	},

	// What was sent is wrong, and the page that says so is not theirs: it leads on to where their steps begin.
	'action /welcome/stack default': { at: '/welcome/stack', sent: {}, answers: everybody(303) },
	'action /welcome/time default': { at: '/welcome/time', sent: {}, answers: everybody(303) },
	// Everybody of the matrix has taken the first steps: taking them again changes nothing.
	'action /welcome/who default': { at: '/welcome/who', sent: {}, answers: everybody(303) },
	'action /account/plan chooseStack': {
		at: '/account/plan?/chooseStack',
		sent: {},
		answers: { ...nobodies(303), else: 422 }
	},
	'action /account/plan saveTimes': {
		at: '/account/plan?/saveTimes',
		sent: {},
		answers: { ...nobodies(303), else: 422 }
	},

	'page /programs/[id]/people': { at: '/programs/:program/people', answers: managers(200) },
	'page /programs/[id]/people/invite': { at: '/programs/:program/people/invite', answers: managers(200) },
	// Oneself, and whoever manages the program.
	'page /programs/[id]/people/[person]': {
		at: '/programs/:program/people/:teacher',
		answers: { ...managers(200), teacher: 200 }
	},
	'action /programs/[id]/people withdraw': {
		at: '/programs/:program/people?/withdraw',
		sent: { invitation: ':invitation' },
		answers: managers(200)
	},
	// It was just withdrawn, and does not come back.
	'action /programs/[id]/people again': {
		at: '/programs/:program/people?/again',
		sent: { invitation: ':invitation' },
		answers: managers(422)
	},
	'action /programs/[id]/people/invite look': {
		at: '/programs/:program/people/invite?/look',
		sent: { list: '', role: 'teacher' },
		answers: managers(422)
	},
	'action /programs/[id]/people/invite invite': {
		at: '/programs/:program/people/invite?/invite',
		sent: { list: 'nobody', role: 'teacher' },
		answers: managers(422)
	},
	'action /programs/[id]/people/invite link': {
		at: '/programs/:program/people/invite?/link',
		sent: { role: 'owner' },
		answers: managers(422)
	},
	// The first who may ends the role; for the next it has ended.
	'action /programs/[id]/people/[person] end': {
		at: '/programs/:program/people/:member?/end',
		sent: { role: ':role', sure: 'yes' },
		answers: { ...managers(422), manager: 303 }
	},
	// Nothing is ticked: the door is asked, and nobody is signed out by it.
	'action /programs/[id]/people/[person] letIn': {
		at: '/programs/:program/people/:member?/letIn',
		sent: {},
		answers: managers(422)
	},
	'action /programs/[id]/people/[person] extend': {
		at: '/programs/:program/people/:teacher?/extend',
		sent: { lastDay: '', reason: 'More time' },
		answers: managers(422)
	},
	// Of the coach alone, whoever else knows the pair, and while it is one.
	'page /pairs/[id]/notes': {
		at: '/pairs/:pair/notes',
		ofPair: true,
		answers: { ...nobodies(303), coach: { ...always(200), ...ended(404) }, else: 404 }
	},
	'action /pairs/[id]/notes keep': {
		at: '/pairs/:pair/notes?/keep',
		sent: { kind: 'note', words: '' },
		ofPair: true,
		answers: { ...nobodies(303), coach: { ...always(422), ...ended(404) }, else: 404 }
	},
	'action /pairs/[id]/notes end': {
		at: '/pairs/:pair/notes?/end',
		sent: { mark: '' },
		ofPair: true,
		answers: forms(404)
	},
	// How it goes is for the two: the mentor reads it as they read words, and whoever else knows the pair finds nothing.
	'page /pairs/[id]/check-ins': {
		at: '/pairs/:pair/check-ins',
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(200), proposed: 404, accepted: 404 },
			mentor: { ...always(404), active: 200, paused: 200, completed: 200 },
			else: 404
		}
	},
	// Nothing is chosen.
	'action /pairs/[id]/check-ins send': {
		at: '/pairs/:pair/check-ins?/send',
		sent: { stuck: 'Wait time' },
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(422), proposed: 404, accepted: 404 },
			mentor: { ...always(404), active: 403, paused: 403, completed: 403 },
			else: 404
		}
	},
	// One that is not there.
	'action /pairs/[id]/check-ins takeBack': {
		at: '/pairs/:pair/check-ins?/takeBack',
		sent: { checkIn: noDraft },
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: { ...always(404), ...ended(422) },
			mentor: { ...always(404), active: 403, paused: 403, completed: 403 },
			else: 404
		}
	},
	'page /pairs/[id]/reach-out': {
		at: '/pairs/:pair/reach-out',
		ofPair: true,
		answers: { ...nobodies(303), coach: { ...always(200), ...ended(404) }, else: 404 }
	},
	// Without a word.
	'action /pairs/[id]/reach-out default': {
		at: '/pairs/:pair/reach-out',
		sent: { kind: 'nudge', to: 'both', words: '' },
		ofPair: true,
		answers: { ...nobodies(303), coach: { ...always(422), ...ended(404) }, else: 404 }
	},
	'GET /caseload': { at: '/caseload', answers: whoeverIsSignedIn },
	'action / letters': { at: '/?/letters', sent: { wanted: 'yes' }, answers: forms(303) },
	'page /programs/[id]/stacks': { at: '/programs/:program/stacks', answers: managers(200) },
	// No day is asked for.
	'action /programs/[id]/stacks extend': {
		at: '/programs/:program/stacks?/extend',
		sent: { lastDay: '', reason: 'More time' },
		answers: managers(422)
	},
	// The program of a place was counted when the product began.
	'page /programs/[id]/mail': { at: '/programs/:program/mail', answers: managers(200) },
	'page /programs/[id]/counts': { at: '/programs/:program/counts', answers: managers(200) },
	'page /programs/[id]/counts/report': { at: '/programs/:program/counts/report', answers: managers(200) },
	'GET /programs/[id]/counts/file': { at: '/programs/:program/counts/file', answers: managers(200) },
	'action /programs/[id]/counts count': { at: '/programs/:program/counts?/count', sent: {}, answers: managers(303) },
	'page /programs/[id]/breaks': { at: '/programs/:program/breaks', answers: managers(200) },
	// Without a name; and one that is not there.
	'action /programs/[id]/breaks add': {
		at: '/programs/:program/breaks?/add',
		sent: { name: '', firstDay: '2099-03-15', lastDay: '2099-03-19' },
		answers: managers(422)
	},
	'action /programs/[id]/breaks takeAway': {
		at: '/programs/:program/breaks?/takeAway',
		sent: { break: noDraft },
		answers: managers(404)
	},
	// No step is chosen.
	'action /pairs/[id] step': {
		at: '/pairs/:pair?/step',
		sent: { step: '' },
		ofPair: true,
		answers: {
			...nobodies(303),
			teacher: 422,
			mentor: 422,
			coach: 422,
			manager: 422,
			'manager by mail': 303,
			'district manager': 422,
			else: 404
		}
	},
	'page /pairs/[id]/earlier': {
		at: '/pairs/:pair/earlier',
		ofPair: true,
		answers: { ...nobodies(303), teacher: 200, mentor: 200, else: 404 }
	},
	// There is no such reflection.
	'action /pairs/[id]/earlier show': {
		at: '/pairs/:pair/earlier?/show',
		sent: { reflection: noDraft },
		ofPair: true,
		answers: { ...nobodies(303), teacher: 422, mentor: 403, else: 404 }
	},
	'page /pairs/[id]/rematch': {
		at: '/pairs/:pair/rematch',
		ofPair: true,
		answers: {
			...nobodies(303),
			manager: { ...always(200), ...ended(404) },
			'district manager': { ...always(200), ...ended(404) },
			'manager by mail': 303,
			else: 404
		}
	},
	// No reason is chosen.
	'action /pairs/[id]/rematch rematch': {
		at: '/pairs/:pair/rematch?/rematch',
		sent: { mentor: noDraft, ending: '' },
		ofPair: true,
		answers: {
			...nobodies(303),
			manager: { ...always(422), ...ended(404) },
			'district manager': { ...always(422), ...ended(404) },
			'manager by mail': 303,
			else: 404
		}
	},
	'page /programs/[id]/matching': { at: '/programs/:program/matching', answers: managers(200) },
	// There is no plan, and nobody to match.
	'action /programs/[id]/matching plan': {
		at: '/programs/:program/matching?/plan',
		sent: {},
		answers: managers(422)
	},
	'action /programs/[id]/matching change': {
		at: '/programs/:program/matching?/change',
		sent: { teacher: '', act: '' },
		answers: managers(422)
	},
	'action /programs/[id]/matching propose': {
		at: '/programs/:program/matching?/propose',
		sent: {},
		answers: managers(422)
	},
	'action /programs/[id]/matching weights': {
		at: '/programs/:program/matching?/weights',
		sent: { subject: 'much' },
		answers: managers(422)
	},
	'action /programs/[id]/matching facts': {
		at: '/programs/:program/matching?/facts',
		sent: { facts: '' },
		answers: managers(422)
	},
	'action /programs/[id]/matching discard': {
		at: '/programs/:program/matching?/discard',
		sent: {},
		answers: managers(303)
	},
	'page /programs/[id]/mentors': { at: '/programs/:program/mentors', answers: managers(200) },
	'action /programs/[id]/mentors capacity': {
		at: '/programs/:program/mentors?/capacity',
		sent: { rule: '', most: '', from: '', reason: '' },
		answers: managers(422)
	},
	'action /programs/[id]/mentors propose': {
		at: '/programs/:program/mentors?/propose',
		sent: { teacher: '', mentor: '' },
		answers: managers(422)
	},
	// Of nobody who is a mentor there; and an entry that is not there.
	'action /programs/[id]/mentors hours': {
		at: '/programs/:program/mentors?/hours',
		sent: { mentor: noDraft, hours: '5', from: '2026-09-01' },
		answers: managers(404)
	},
	'action /programs/[id]/mentors anchor': {
		at: '/programs/:program/mentors?/anchor',
		sent: { mentor: noDraft, anchor: 'One', day: '2026-09-01' },
		answers: managers(404)
	},
	'action /programs/[id]/mentors takeBack': {
		at: '/programs/:program/mentors?/takeBack',
		sent: { entry: noDraft },
		answers: managers(404)
	},
	'page /programs/[id]/stacks/new': { at: '/programs/:program/stacks/new', answers: managers(200) },
	'action /programs/[id]/stacks/new look': {
		at: '/programs/:program/stacks/new?/look',
		sent: { stack: '{}' },
		answers: managers(422)
	},
	'action /programs/[id]/stacks/new publish': {
		at: '/programs/:program/stacks/new?/publish',
		sent: { stack: '{}' },
		answers: managers(422)
	},
	'page /invitation': { at: '/invitation', answers: everybody(200) },
	'action /invitation accept': { at: '/invitation?/accept', sent: { token: 'x'.repeat(43) }, answers: everybody(422) },
	'action /invitation prove': {
		at: '/invitation?/prove',
		sent: { token: 'x'.repeat(43), email: 'somebody@example.org' },
		answers: everybody(422)
	},
	'action /invitation code': {
		at: '/invitation?/code',
		sent: { token: 'x'.repeat(43), code: 'BCDF-GHJK' },
		answers: everybody(422)
	},
	'action /account/data copy': { at: '/account/data?/copy', sent: {}, answers: everybody(303) },
	// After the line before, with which everybody has just asked for theirs.
	'GET /account/data/copy': { at: '/account/data/copy', answers: whoeverIsSignedIn },

	'action /account/data/leave/[program] default': {
		at: '/account/data/leave/:program',
		sent: {},
		answers: { ...nobodies(303), ...whoeverIsInIt(422), else: 404 }
	},
	'action /account/data/delete default': {
		at: '/account/data/delete',
		sent: { phrase: 'please' },
		answers: { ...nobodies(303), else: 422 }
	},
	'action /sign-in/back default': { at: '/sign-in/back', sent: { token: 'x'.repeat(43) }, answers: everybody(422) },

	'action /sign-in default': { at: '/sign-in', sent: { email: '' }, answers: everybody(422) },
	'action /sign-in/code default': { at: '/sign-in/code', sent: { code: 'BCDF-GHJK' }, answers: everybody(422) },
	'action /sign-in/link default': { at: '/sign-in/link', sent: { token: 'x'.repeat(43) }, answers: everybody(422) },
	// Google is set up in this product, and does not answer.
	'page /sign-in/with/[provider]': { at: '/sign-in/with/google?because=unknown', answers: everybody(200) },
	'action /sign-in/with/[provider] default': { at: '/sign-in/with/google', sent: {}, answers: everybody(422) },
	'GET /sign-in/back/[provider]': { at: '/sign-in/back/google?code=x&state=y', answers: everybody(303) },
	'page /account/sign-in': { at: '/account/sign-in', answers: whoeverIsSignedIn },
	'action /account/sign-in link': {
		at: '/account/sign-in?/link',
		sent: { provider: 'google' },
		answers: withPasskeyFirst(422)
	},
	'action /account/sign-in unlink': {
		at: '/account/sign-in?/unlink',
		sent: { issuer: 'https://accounts.google.com', subject: 'x' },
		answers: withPasskeyFirst(422)
	},
	'action /account/sign-in add': { at: '/account/sign-in?/add', sent: { email: '' }, answers: forms(422) },
	'action /account/sign-in prove': { at: '/account/sign-in?/prove', sent: { code: '' }, answers: forms(422) },
	'action /account/sign-in forget': { at: '/account/sign-in?/forget', sent: {}, answers: everybody(303) },
	'action /account/sign-in remove': {
		at: '/account/sign-in?/remove',
		sent: { address: '' },
		answers: withPasskeyFirst(422)
	},

	'action /sign-in/passkey default': { at: '/sign-in/passkey', sent: { answer: '{}' }, answers: everybody(422) },
	'POST /sign-in/passkey/challenge': { at: '/sign-in/passkey/challenge', sent: {}, answers: everybody(200) },
	'action /account/passkeys add': {
		at: '/account/passkeys?/add',
		sent: { name: 'A key', answer: '{}' },
		answers: { ...nobodies(303), else: 422 }
	},
	'action /account/passkeys rename': {
		at: '/account/passkeys?/rename',
		sent: { name: 'A key', id: 'nobodys-passkey-is-this' },
		answers: { ...nobodies(303), else: 404 }
	},
	'action /account/passkeys remove': {
		at: '/account/passkeys?/remove',
		sent: { id: 'nobodys-passkey-is-this' },
		answers: { ...nobodies(303), else: 404 }
	},
	'POST /account/passkeys/challenge': { at: '/account/passkeys/challenge', sent: {}, answers: whoeverIsSignedIn },
	'action /account/prove default': {
		at: '/account/prove',
		sent: { answer: '{}' },
		answers: { ...nobodies(303), else: 422 }
	},
	'POST /account/prove/challenge': { at: '/account/prove/challenge', sent: {}, answers: whoeverIsSignedIn },
	'POST /sign-in/demo': { at: '/sign-in/demo', sent: { email: 'rosa@wayfellow.example' }, answers: notHere },
	'fallback /sign-in/demo': { at: '/sign-in/demo', answers: notHere },
	'POST /demo/rooms': { at: '/demo/rooms', sent: { count: '1' }, answers: notHere },
	'fallback /demo/rooms': { at: '/demo/rooms', answers: notHere },
	'page /sign-out': { at: '/sign-out', answers: whoeverIsSignedIn },
	'action /sign-out default': { at: '/sign-out', sent: {}, changes: 'the session ended', answers: everybody(303) },

	'page /account': { at: '/account', answers: whoeverIsSignedIn },
	'action /account works': { at: '/account?/works', sent: { address: '' }, answers: forms(200) },
	'page /account/devices': { at: '/account/devices', answers: whoeverIsSignedIn },
	// A device of nobody, or of somebody else, is left alone.
	'action /account/devices end': { at: '/account/devices?/end', sent: { device: 'x' }, answers: everybody(303) },
	'page /account/record': { at: '/account/record', answers: whoeverIsSignedIn },
	'page /account/this-device': { at: '/account/this-device', answers: whoeverIsSignedIn },

	// The catalogue is open to everybody who is signed in.
	'page /catalogue': { at: '/catalogue?q=wait+time', answers: whoeverIsSignedIn },
	'page /catalogue/[id]': { at: '/catalogue/01900000-0000-7000-8099-000000000011', answers: whoeverIsSignedIn },
	'page /catalogue/compare': {
		at: '/catalogue/compare?a=01900000-0000-7000-8099-000000000011',
		answers: whoeverIsSignedIn
	},
	'page /frameworks': { at: '/frameworks', answers: whoeverIsSignedIn },
	// There is none in the world of the matrix.
	'page /frameworks/[id]': {
		at: '/frameworks/00000000-0000-7000-8000-000000000000',
		answers: { ...nobodies(303), else: 404 }
	},
	'page /frameworks/import': { at: '/frameworks/import', answers: importers(200) },
	'action /frameworks/import file': { at: '/frameworks/import?/file', sent: {}, answers: importers(422) },
	'action /frameworks/import address': {
		at: '/frameworks/import?/address',
		sent: { address: '' },
		answers: importers(422)
	},
	'page /frameworks/import/[draft]': {
		at: '/frameworks/import/00000000-0000-7000-8000-000000000000',
		answers: importers(404)
	},
	'action /frameworks/import/[draft] import': {
		at: '/frameworks/import/00000000-0000-7000-8000-000000000000?/import',
		sent: { seen: 'new' },
		answers: importers(404)
	},
	// Nobody has one to forget.
	'action /frameworks/import/[draft] discard': {
		at: '/frameworks/import/00000000-0000-7000-8000-000000000000?/discard',
		sent: {},
		answers: forms(303)
	},

	'page /credit': { at: '/credit?in=US-TN', answers: whoeverIsSignedIn },
	'page /credit/rules': { at: '/credit/rules?in=US-TN', answers: whoeverIsSignedIn },
	'page /credit/rules/new': { at: '/credit/rules/new?in=US-TN', answers: importers(200) },
	'action /credit/rules/new default': {
		at: '/credit/rules/new?in=US-TN',
		sent: { statement: '' },
		answers: importers(422)
	},
	// Public, and there is no framework in the world of the matrix.
	'GET /ims/case/v1p1/CFDocuments': { at: '/ims/case/v1p1/CFDocuments', answers: everybody(200) },
	'GET /ims/case/v1p1/CFDocuments/[id]': {
		at: '/ims/case/v1p1/CFDocuments/00000000-0000-7000-8000-000000000000',
		answers: everybody(404)
	},
	'GET /ims/case/v1p1/CFPackages/[id]': {
		at: '/ims/case/v1p1/CFPackages/00000000-0000-7000-8000-000000000000',
		answers: everybody(404)
	},
	'GET /ims/case/v1p1/CFItems/[id]': {
		at: '/ims/case/v1p1/CFItems/00000000-0000-7000-8000-000000000000',
		answers: everybody(404)
	},
	'GET /ims/case/v1p1/CFAssociations/[id]': {
		at: '/ims/case/v1p1/CFAssociations/00000000-0000-7000-8000-000000000000',
		answers: everybody(404)
	},
	'GET /ims/case/v1p1/CFItemAssociations/[id]': {
		at: '/ims/case/v1p1/CFItemAssociations/00000000-0000-7000-8000-000000000000',
		answers: everybody(404)
	},
	'GET /ims/case/v1p1/[definitions]/[id]': {
		at: '/ims/case/v1p1/CFLicenses/00000000-0000-7000-8000-000000000000',
		answers: everybody(404)
	},

	// Nobody of the matrix manages a program that an issuer has named. Who manages one shows the passkey first.
	...Object.fromEntries(
		[
			['page /catalogue/edit', '/catalogue/edit', 403],
			['page /catalogue/edit/import', '/catalogue/edit/import', 403],
			['page /catalogue/edit/[draft]', `/catalogue/edit/${noDraft}`, 404],
			['page /catalogue/edit/[draft]/preview', `/catalogue/edit/${noDraft}/preview`, 404],
			['page /catalogue/edit/retire/[id]', '/catalogue/edit/retire/01900000-0000-7000-8099-000000000011', 403],
			['action /catalogue/edit begin', '/catalogue/edit?/begin', 403],
			['action /catalogue/edit next', '/catalogue/edit?/next', 403],
			['action /catalogue/edit/import look', '/catalogue/edit/import?/look', 403],
			['action /catalogue/edit/import keep', '/catalogue/edit/import?/keep', 403],
			['action /catalogue/edit/[draft] save', `/catalogue/edit/${noDraft}?/save`, 403],
			['action /catalogue/edit/[draft] away', `/catalogue/edit/${noDraft}?/away`, 403],
			['action /catalogue/edit/[draft]/preview publish', `/catalogue/edit/${noDraft}/preview?/publish`, 403],
			['action /catalogue/edit/retire/[id] default', '/catalogue/edit/retire/01900000-0000-7000-8099-000000000011', 403]
		].map(([door, at, answer]) => [
			door,
			{
				at,
				...(String(door).startsWith('action') && {
					sent: { of: '01900000-0000-7000-8099-000000000010', parts: '0', levels: '0', revision: '1', reason: 'x' }
				}),
				answers: withPasskeyFirst(answer as number)
			} as Line
		])
	),

	// Whoever is in one alone is led on to it.
	'page /cohorts': {
		at: '/cohorts',
		answers: {
			...whoeverIsSignedIn,
			...Object.fromEntries(
				['teacher', 'mentor', 'coach', 'classmate', 'other teacher', 'other mentor', 'other coach'].map((who) => [
					who,
					303
				])
			)
		}
	},
	// Whoever may not read the reflection, or is in no cohort of it, is led to their cohorts.
	'GET /cohorts/new': { at: '/cohorts/new?reflection=:reflection', answers: everybody(303) },
	'page /cohorts/[id]': { at: '/cohorts/:cohort', answers: talkers(200) },
	'action /cohorts/[id] read': { at: '/cohorts/:cohort?/read', sent: {}, answers: talkers(303) },
	'page /cohorts/search': { at: '/cohorts/search?q=wait', answers: whoeverIsSignedIn },
	'page /cohorts/earlier': { at: '/cohorts/earlier', answers: whoeverIsSignedIn },
	'page /cohorts/[id]/follow': { at: '/cohorts/:cohort/follow', answers: talkers(200) },
	// As usual is no choice.
	'action /cohorts/[id]/follow choose': {
		at: '/cohorts/:cohort/follow?/choose',
		sent: { level: 'usual' },
		answers: talkers(303)
	},
	'page /cohorts/[id]/new': { at: '/cohorts/:cohort/new', answers: talkers(200) },
	// Nothing is filled in.
	'action /cohorts/[id]/new default': { at: '/cohorts/:cohort/new', sent: { form: noDraft }, answers: talkers(422) },
	// The classmate's thread, in every state of a pair: whether somebody is in the cohort does not hang on it alone.
	'page /threads/[id]': { at: '/threads/:talk', ofPair: true, answers: talkers(200) },
	'page /threads/[id]/posts/[post]': { at: '/threads/:talk/posts/:talk', answers: talkers(200) },
	'GET /threads/[id]/live': { at: '/threads/:talk/live', ofPair: true, answers: talkers(200) },
	'GET /threads/[id]/changes': { at: '/threads/:talk/changes?since=0', ofPair: true, answers: talkers(200) },
	// Nothing is written.
	'action /threads/[id] reply': {
		at: '/threads/:talk?/reply',
		sent: { form: noDraft, text: '' },
		answers: talkers(422)
	},
	// To nobody's own.
	'action /threads/[id] react': {
		at: '/threads/:talk?/react',
		sent: { thanks: ':talk' },
		answers: { ...talkers(303), classmate: 422 }
	},
	'action /threads/[id] read': { at: '/threads/:talk?/read', sent: { upTo: '1' }, answers: talkers(303) },
	'action /threads/[id] later': { at: '/threads/:talk?/later', sent: { from: '1' }, answers: talkers(303) },
	// On no revision, with a title that is none, and what was asked is no help.
	...Object.fromEntries(
		['edit', 'rename', 'helped'].map((action) => [
			`action /threads/[id] ${action}`,
			{
				at: `/threads/:talk?/${action}`,
				sent: { post: ':talk', text: 'Other words', title: 'x', helped: ':talk' },
				answers: { ...talkers(403), classmate: 422 }
			} as Line
		])
	),
	// Whoever opened it takes it back, and it is there for nobody else then; and brings it back.
	'action /threads/[id] takeBack': {
		at: '/threads/:spoken?/takeBack',
		sent: { post: ':spoken' },
		answers: { ...nobodies(303), teacher: 303, else: 404 }
	},
	'action /threads/[id] takeBackNow': {
		at: '/threads/:spoken?/takeBackNow',
		sent: { post: ':spoken' },
		answers: { ...nobodies(303), teacher: 303, else: 404 }
	},
	'action /threads/[id] bringBack': {
		at: '/threads/:spoken?/bringBack',
		sent: { post: ':spoken' },
		answers: { ...talkers(403), teacher: 303 }
	},

	// No file is sent.
	'POST /cohorts/[id]/files': { at: '/cohorts/:cohort/files', sent: { alt: 'A board' }, answers: talkers(422) },
	'GET /cohorts/[id]/named': { at: '/cohorts/:cohort/named', answers: talkers(200) },
	'GET /files/[id]': { at: '/files/:talk', ofPair: true, answers: talkers(200) },
	// With a post it stays with it; to whoever does not read it nothing says whether there was one. Gone is gone.
	'DELETE /files/[id]': { at: '/files/:spoken', answers: { ...talkers(404), else: 204 } },
	// Nobody of the matrix moderates, or has asked anything: who looks after a cohort is asked in `src/lib/discussion`.
	'page /cohorts/without-a-name': { at: '/cohorts/without-a-name', answers: whoeverIsSignedIn },
	'action /cohorts/without-a-name takeBack': {
		at: '/cohorts/without-a-name?/takeBack',
		sent: { id: noDraft },
		answers: forms(303)
	},
	'page /cohorts/[id]/moderation': { at: '/cohorts/:cohort/moderation', answers: { ...nobodies(303), else: 404 } },
	'action /cohorts/[id]/moderation leave': {
		at: '/cohorts/:cohort/moderation?/leave',
		sent: {},
		answers: { ...nobodies(303), else: 404 }
	},
	// With a name; without one it is asked in `tests/sockets/talking.test.ts`.
	'page /threads/[id]/who': { at: '/threads/:talk/who', answers: { ...nobodies(303), else: 404 } },
	'action /threads/[id]/who default': {
		at: '/threads/:talk/who',
		sent: { reason: 'A child may be in danger' },
		answers: { ...nobodies(303), else: 404 }
	},
	'page /posts/[id]/report': { at: '/posts/:talk/report', ofPair: true, answers: talkers(200) },
	// Nobody looks after these cohorts.
	'action /posts/[id]/report default': {
		at: '/posts/:talk/report',
		sent: { reason: 'unkind', words: 'It hurts' },
		answers: talkers(422)
	},
	'page /threads/[id]/moderation': { at: '/threads/:talk/moderation?post=:talk', answers: talkers(403) },
	...Object.fromEntries(
		['hidePost', 'showPost', 'warn', 'keep', 'hide', 'show', 'lock', 'unlock', 'move'].map((action) => [
			`action /threads/[id]/moderation ${action}`,
			{
				at: `/threads/:talk/moderation?/${action}`,
				sent: { post: ':talk', reason: 'It hurts somebody' },
				answers: talkers(403)
			} as Line
		])
	),
	'page /programs/[id]/moderators': { at: '/programs/:program/moderators', answers: managers(200) },
	'action /programs/[id]/moderators appoint': {
		at: '/programs/:program/moderators?/appoint',
		sent: { cohort: noDraft, person: noDraft },
		answers: { ...managers(404) }
	},
	'action /programs/[id]/moderators end': {
		at: '/programs/:program/moderators?/end',
		sent: { moderator: noDraft },
		answers: { ...nobodies(303), else: 404 }
	},
	'page /programs/[id]/people/[person]/cohort': {
		at: '/programs/:program/people/:teacher/cohort',
		answers: managers(200)
	},
	'action /programs/[id]/people/[person]/cohort default': {
		at: '/programs/:program/people/:teacher/cohort',
		sent: { to: noDraft },
		answers: managers(404)
	},

	// For whoever runs the server; none of them looks at a session.
	'GET /metrics': { at: '/metrics', answers: everybody(401) },
	'POST /mail/bounces': { at: '/mail/bounces', sent: {}, answers: everybody(401) },
	'GET /livez': { at: '/livez', answers: everybody(200) },
	'GET /readyz': { at: '/readyz', answers: everybody(200) },
	'GET /healthz': { at: '/healthz', answers: everybody(200) }
};

/** What the matrix says. */
export function answerTo(line: Line, who: Who, state: State): Answer {
	const said = line.answers[who] ?? line.answers.else;
	return typeof said === 'object' ? said[state] : said;
}

/** What is to be added, or taken out, so that every door has its line. */
export function missing(doors: string[], known: string[] = Object.keys(lines)): string[] {
	return [
		...doors
			.filter((door) => !known.includes(door))
			.map((door) => `Say in tests/matrix/answers.ts what “${door}” answers to whom.`),
		...known
			.filter((door) => !doors.includes(door))
			.map((door) => `“${door}” is gone; take its line out of tests/matrix/answers.ts.`)
	];
}

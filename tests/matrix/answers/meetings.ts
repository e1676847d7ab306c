/** Doors of meetings, their notes and calendars. */
import { always, type ByWho, everybody, forms, type Line, managers, nobodies, whoeverIsSignedIn } from './by-who.ts';

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
export const meetingLines: Record<string, Line> = {
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

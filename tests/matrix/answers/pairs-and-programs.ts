/** Doors of the first steps, of pairs and their reflections, and of programs. */
import {
	always,
	ended,
	everybody,
	forms,
	type Line,
	managers,
	nobodies,
	noDraft,
	notHere,
	readers,
	theTeacher,
	whoeverIsInIt,
	whoeverIsSignedIn,
	whoeverManages,
	whoeverReads,
	whoeverWrites
} from './by-who.ts';

export const pairAndProgramLines: Record<string, Line> = {
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
	}
};

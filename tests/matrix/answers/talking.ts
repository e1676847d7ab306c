/** Doors of cohorts, their threads, and whoever looks after them. */
import { everybody, forms, type Line, managers, nobodies, noDraft, talkers, whoeverIsSignedIn } from './by-who.ts';

export const talkingLines: Record<string, Line> = {
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
	}
};

/** Doors of invitations, accounts, ways in and devices. */
import {
	everybody,
	forms,
	type Line,
	nobodies,
	notHere,
	whoeverIsInIt,
	whoeverIsSignedIn,
	withPasskeyFirst
} from './by-who.ts';

export const accountLines: Record<string, Line> = {
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
	'page /account/this-device': { at: '/account/this-device', answers: whoeverIsSignedIn }
};

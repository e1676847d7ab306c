/** Doors of what people are told. */
import { everybody, forms, type Line, whoeverIsSignedIn } from './by-who.ts';

/** A notice that is not there. */
const noNotice = '01900000-0000-7000-8099-000000000097';
/** What one is told is one's own: nobody else has any, so what is asked for here is never there. */
export const notificationLines: Record<string, Line> = {
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

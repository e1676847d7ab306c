/** Doors of the catalogue, of frameworks and of credit. */
import {
	everybody,
	forms,
	importers,
	type Line,
	nobodies,
	noDraft,
	whoeverIsSignedIn,
	withPasskeyFirst
} from './by-who.ts';

export const catalogueLines: Record<string, Line> = {
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
	)
};

/** What can be written down about people's rights and data, and the sentence for each. Pure. */

/** From where somebody asked, as far as a request tells. */
export type Whence = { network: string | null; userAgent: string | null };

/** Ids, words of ours and numbers; never what a person wrote. */
export type About = Record<string, string | number | boolean | null>;

/**
 * Every kind of event, as the person concerned reads it. "You" is that person; who did it stands beside the sentence.
 * A kind is never renamed: rows of three years carry it.
 */
export const kinds = {
	'signed-in': 'Signed in',
	'sign-in-refused': 'A way in was tried, and refused',
	'signed-out': 'Signed out',
	'session-ended': 'A device was signed out',
	'signed-out-everywhere': 'All devices were signed out',
	'passkey-added': 'A passkey was added',
	'passkey-removed': 'A passkey was removed',
	'passkey-used': 'A passkey was used',
	'provider-linked': 'An account was linked for signing in',
	'provider-unlinked': 'An account no longer signs in',
	'address-added': 'An e-mail address was added',
	'address-removed': 'An e-mail address was removed',
	invited: 'You were invited',
	'invitation-withdrawn': 'An invitation to you was withdrawn',
	'invitation-accepted': 'An invitation was accepted',
	'role-given': 'A role was given',
	'role-ended': 'A role ended',
	'stack-chosen': 'A stack was chosen',
	'program-left': 'A program was left',
	'pair-ended': 'A pair ended',
	'pair-proposed': 'A pair was proposed to you',
	'pair-accepted': 'The proposal of a pair was accepted',
	'pair-declined': 'The proposal of a pair was declined',
	'pair-begun': 'A pair began',
	'pause-asked': 'A pause of the pair was asked for',
	'resume-asked': 'Going on after a pause was asked for',
	'pause-answered': 'A pause, or going on, was not agreed',
	'pair-paused': 'A pair paused, as agreed',
	'pair-resumed': 'A pair went on after a pause',
	'earlier-shown': 'Lines of an earlier pair were shown to a new mentor',
	'earlier-taken-back': 'Lines of an earlier pair were taken back from a new mentor',
	'matching-proposed': 'The pairs of a matching were proposed',
	'capacity-set': 'How many teachers a mentor of a program may have was set',
	'teaching-hours-entered': 'How long you teach on a day was entered',
	'anchor-score-entered': 'That you scored an anchor submission was entered',
	'anchor-score-taken-back': 'The entry that you scored an anchor submission was taken back',
	'reflection-shared': 'A reflection was shared between you two',
	'reflection-taken-back': 'A reflection was taken back; its mentor sees it no more',
	'reflection-frozen': 'A version of a reflection was frozen to hand in',
	'passage-shown': 'A passage of a reflection was shown to the coach',
	'passage-withdrawn': 'A passage of a reflection was withdrawn from the coach',
	'data-exported': 'A copy of your data was made',
	'reflection-copied': 'A copy of a reflection was made',
	'deletion-asked': 'The deletion of the account was asked for',
	'deletion-taken-back': 'The deletion of the account was taken back',
	'account-deleted': 'The account was deleted',
	'not-allowed': 'Something was tried that is not allowed',
	'not-found': 'Something was asked for that is not there, or not yours to see',
	'invitations-sent': 'Invitations were sent',
	'invitation-taken-back': 'An invitation was withdrawn',
	'framework-imported': 'A framework was imported into the catalogue',
	'deadline-extended': 'The last day of a program was extended',
	'break-added': 'A break was added to a program’s calendar',
	'break-taken-away': 'A break was taken out of a program’s calendar',
	'program-times-set': 'The school day, semesters or norm of contact time of a program was set',
	'work-share-set': 'What part of a full post somebody works was set',
	'work-paused': 'Work in a program was paused',
	'work-resumed': 'Work in a program went on after a pause',
	'stack-changed': 'Another stack was taken',
	'outcome-granted': 'What completing a stack brings was granted',
	'credit-rule-recorded': 'A rule was written into the credit register',
	'stack-published': 'A version of a stack was published',
	'microcredential-published': 'A version of a microcredential was published',
	'microcredential-retired': 'A microcredential was retired',
	'microcredential-brought-in': 'A draft of a microcredential was made of a file',
	'author-revealed': 'A moderator looked who had asked a question without a name',
	'moderator-appointed': 'Somebody was appointed to look after a cohort',
	'moderator-ended': 'Looking after a cohort ended',
	'cohort-moved': 'A teacher was moved to another cohort'
} as const satisfies Record<string, string>;

export type AuditKind = keyof typeof kinds;

/** What a list of events can be narrowed to. */
export const groups = {
	'ways-in': 'Signing in and out',
	keys: 'Keys and addresses',
	rights: 'Roles, pairs and programs',
	data: 'Your data',
	catalogue: 'The catalogue',
	refused: 'What was refused'
} as const;

export type Group = keyof typeof groups;

export const groupOf = {
	'signed-in': 'ways-in',
	'sign-in-refused': 'refused',
	'signed-out': 'ways-in',
	'session-ended': 'ways-in',
	'signed-out-everywhere': 'ways-in',
	'passkey-added': 'keys',
	'passkey-removed': 'keys',
	'passkey-used': 'keys',
	'provider-linked': 'keys',
	'provider-unlinked': 'keys',
	'address-added': 'keys',
	'address-removed': 'keys',
	invited: 'rights',
	'invitation-withdrawn': 'rights',
	'invitation-accepted': 'rights',
	'role-given': 'rights',
	'role-ended': 'rights',
	'stack-chosen': 'rights',
	'program-left': 'rights',
	'pair-ended': 'rights',
	'pair-proposed': 'rights',
	'pair-accepted': 'rights',
	'pair-declined': 'rights',
	'pair-begun': 'rights',
	'pause-asked': 'rights',
	'resume-asked': 'rights',
	'pause-answered': 'rights',
	'pair-paused': 'rights',
	'pair-resumed': 'rights',
	'earlier-shown': 'rights',
	'earlier-taken-back': 'rights',
	'matching-proposed': 'rights',
	'capacity-set': 'rights',
	'teaching-hours-entered': 'rights',
	'anchor-score-entered': 'rights',
	'anchor-score-taken-back': 'rights',
	'reflection-shared': 'rights',
	'reflection-taken-back': 'rights',
	'reflection-frozen': 'rights',
	'passage-shown': 'rights',
	'passage-withdrawn': 'rights',
	'data-exported': 'data',
	'reflection-copied': 'data',
	'deletion-asked': 'data',
	'deletion-taken-back': 'data',
	'account-deleted': 'data',
	'not-allowed': 'refused',
	'not-found': 'refused',
	'invitations-sent': 'rights',
	'invitation-taken-back': 'rights',
	'framework-imported': 'rights',
	'deadline-extended': 'rights',
	'break-added': 'rights',
	'break-taken-away': 'rights',
	'program-times-set': 'rights',
	'work-share-set': 'rights',
	'work-paused': 'rights',
	'work-resumed': 'rights',
	'stack-changed': 'rights',
	'outcome-granted': 'rights',
	'credit-rule-recorded': 'rights',
	'stack-published': 'rights',
	'microcredential-published': 'catalogue',
	'microcredential-retired': 'catalogue',
	'microcredential-brought-in': 'catalogue',
	'author-revealed': 'rights',
	'moderator-appointed': 'rights',
	'moderator-ended': 'rights',
	'cohort-moved': 'rights'
} as const satisfies Record<AuditKind, Group>;

export const isGroup = (text: string | null): text is Group => text !== null && Object.hasOwn(groups, text);

/** The kinds of a group. */
export const kindsOf = (group: Group): AuditKind[] =>
	(Object.keys(groupOf) as AuditKind[]).filter((kind) => groupOf[kind] === group);

/** How somebody came in. */
export const ways = {
	mail: 'by mail',
	passkey: 'with a passkey',
	provider: 'with a school or other account',
	demo: 'by one click, as one of the demo’s cast'
} as const;

const refusedWays: Record<string, string> = { code: 'a wrong code', passkey: 'a passkey that does not fit' };
const copiedAs: Record<string, string> = {
	pdf: 'as a PDF',
	docx: 'for Word',
	html: 'as a web page',
	md: 'as Markdown'
};
const endings: Record<string, string> = {
	completed: 'its work was completed',
	rematched: 'for another match',
	withdrawn: 'it was left'
};

/** Where something was tried, in words; the longest beginning that fits speaks for what lies below it. */
const places: [route: string, words: string][] = [
	['/reflections/[id]', 'a reflection'],
	['/live/[id]', 'a reflection'],
	['/programs/[id]/mentors', 'the mentors of a program'],
	['/programs/[id]/matching', 'the matching of a program'],
	['/pairs/[id]', 'the page of a pair'],
	['/programs/[id]/people/[person]', 'the page of somebody in a program'],
	['/programs/[id]/people', 'the people of a program'],
	['/account/data/leave/[program]', 'leaving a program'],
	['/catalogue/edit', 'writing microcredentials'],
	['/account/passkeys', 'passkeys'],
	['/frameworks/import', 'importing a framework'],
	['/credit/rules/new', 'a rule of the credit register']
];
const placeOf = (route: string): string => places.find(([beginning]) => route.startsWith(beginning))?.[1] ?? route;

/** What else there is to say of an event, out of what was written down about it; null when nothing. */
export function detailOf(kind: string, about: About): string | null {
	const text = (name: string) => (typeof about[name] === 'string' ? about[name] : '');
	const said: Record<string, string[]> = {
		'signed-in': [ways[text('how') as keyof typeof ways] ?? '', about.shared === true ? 'on a shared computer' : ''],
		'sign-in-refused': [refusedWays[text('how')] ?? ''],
		'session-ended': [text('device')],
		'signed-out-everywhere': [typeof about.devices === 'number' ? `${about.devices} of them` : ''],
		'pair-ended': [endings[text('ending')] ?? ''],
		'reflection-copied': [
			copiedAs[text('format')] ?? '',
			about.authors === true ? 'with who wrote which words' : '',
			about.comments === true ? 'with comments' : ''
		],
		'framework-imported': (['added', 'changed', 'moved', 'dropped'] as const)
			.filter((name) => Number(about[name]) > 0)
			.map((name) => `${String(about[name])} ${name}`),
		'credit-rule-recorded': [text('place'), about.supersedes ? 'in the place of another' : ''],
		'not-allowed': [placeOf(text('route'))],
		'not-found': [placeOf(text('route'))]
	};
	const parts = said[kind] ?? [text('role'), text('provider')];
	return parts.filter(Boolean).join(', ') || null;
}

/** The sentence of an event; of a kind that this version does not know, its bare name. */
export const sentenceOf = (kind: string): string => kinds[kind as AuditKind] ?? kind;

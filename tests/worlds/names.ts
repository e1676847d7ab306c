/** What stands in a planted world under which name: ids of rows, and sentences by which a row is known again on a page. */

/** Sharings, versions and passages have the number of their reflection. */
const kinds = [
	'organization',
	'program',
	'cohort',
	'person',
	'role',
	'enrollment',
	'pair',
	'caseload',
	'reflection',
	'submission',
	'award',
	'session',
	'passkey',
	'setting',
	'time',
	'account',
	'offer',
	'invitation',
	'event',
	'sharing',
	'version',
	'passage',
	'talk'
];

/** `pair 3` as the id of a row, and back. */
export function idOf(name: string): string {
	const [kind, n] = name.split(' ') as [string, string];
	return `01900000-0000-7000-80${String(kinds.indexOf(kind)).padStart(2, '0')}-${n.padStart(12, '0')}`;
}
export function nameOf(id: string): string {
	const [, kind, n] = /^01900000-0000-7000-80(\d\d)-(\d{12})$/.exec(id) ?? [];
	return kind ? `${kinds[Number(kind)]} ${Number(n)}` : id;
}

/** Sentences that stand in the rows and nowhere else, so that whoever finds one on a page has seen the row. */
export const canary = {
	name: (of: string) => `The name of ${of}.`,
	title: (reflection: string) => `The title of ${reflection}.`,
	words: (reflection: string) => `The words of ${reflection}.`,
	passage: (reflection: string) => `The passage of ${reflection}.`,
	frozen: (reflection: string) => `The version of ${reflection}.`,
	reason: (pair: string) => `The reason of ${pair}.`,
	stuck: (pair: string) => `What the teacher of ${pair} is stuck on.`,
	invited: (invitation: string) => `Whom ${invitation} is for.`,
	thread: (seat: string) => `The thread of ${seat}.`,
	post: (seat: string) => `The post of ${seat}.`
};

export const addressOf = (person: string) => `${person.replace(' ', '-')}@example.org`;

/** Of the microcredential's version that every world shares. */
export const versionId = '01900000-0000-7000-8099-000000000001';

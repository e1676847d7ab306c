/** Facts as tests write them: an award is a letter and a day. */
import type { StackFacts } from '#lib/progress/stones.ts';

export const chicago = 'America/Chicago';
export const on = (iso: string) => new Date(iso.length === 10 ? `${iso}T18:00:00Z` : iso);
export const award = (
	microcredentialId: string,
	awardedAt: string,
	more: Partial<StackFacts['awards'][number]> = {}
) => ({
	microcredentialId,
	awardedAt: on(awardedAt),
	expiresOn: null,
	revokedAt: null,
	revokedReason: null,
	...more
});
export const submission = (
	microcredentialId: string,
	submittedAt: string,
	decision: StackFacts['submissions'][number]['decision'] = null,
	decidedAt: string | null = null
) => ({
	microcredentialId,
	submittedAt: on(submittedAt),
	decision,
	decidedAt: decidedAt === null ? null : on(decidedAt)
});
export const items = (...ids: string[]) =>
	ids.map((id) => ({ microcredentialId: id, title: id, hours: null, artifacts: 2 }));
export const fifteen = items(...'abcdefghijklmno');

export const facts = (given: Partial<StackFacts>): StackFacts => ({
	now: on('2026-11-25'),
	timeZone: chicago,
	rule: { kind: 'at-least', count: 3, counts: 'earned' },
	lastDay: null,
	items: fifteen,
	reflections: [],
	submissions: [],
	awards: [],
	...given
});

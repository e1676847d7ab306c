/** What is counted, in words. Pure. */
import type { Place } from './rollup.ts';
import { fewest, type Leaving } from './suppression.ts';

/** The word of a column, and what exactly it counts. A person can be in several; no two are ever added up. */
export const said: Record<Leaving, { word: string; means: string }> = {
	invited: {
		word: 'Invited',
		means: 'asked by mail to come as a teacher, or came by an invitation and has not chosen a stack yet'
	},
	applied: { word: 'Applied', means: 'asked to come in; not on the waiting list yet' },
	waiting: { word: 'Waiting', means: 'on the waiting list' },
	enrolled: { word: 'Enrolled', means: 'has a place and has not begun' },
	active: { word: 'Active', means: 'has a place and has begun' },
	completed: { word: 'Completed', means: 'completed the program' },
	submitted: {
		word: 'Submitted',
		means: 'of those with a place: has ever handed in a microcredential of their stack, whatever the answer'
	},
	earned: { word: 'Earned', means: 'of those with a place: holds at least one of their stack that counts now' },
	expired: {
		word: 'Expired',
		means: 'of those with a place: had at least one of their stack that expired, and does not hold it again'
	},
	pairsActive: { word: 'Active pairs', means: 'a teacher from here and a mentor who work together now' }
};

/** What a row of a list is called. */
export function placeName({ kind, name }: Pick<Place, 'kind' | 'name'>, within: Place['kind']): string {
	if (kind !== 'rest') return name;
	return within === 'program' ? 'Place not known' : within === 'state' ? 'District not known' : 'School not known';
}

export const kindWords: Record<Place['kind'], string> = {
	program: 'Whole program',
	state: 'State',
	district: 'District',
	school: 'School',
	rest: 'Not known'
};

/** Stands on everything that leaves. */
export const whatIsHidden = `Numbers from 1 to ${fewest - 1} are not shown, nor others from which such a number could be worked out; nor zeros of a place with fewer than ${fewest} people.`;

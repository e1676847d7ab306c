import { expect, test } from 'vitest';
import { cases } from './choosing.cases.ts';
import { choosable } from './choosing.ts';
import { readChosen } from './choosing-form.ts';

const now = new Date('2026-11-25T12:00:00Z');
const at = (days: number) => new Date(now.getTime() + days * 86_400_000);
const [programId, cohortId, stackVersionId] = ['p', 'c', 's'];

test.for(cases)('%s', ([, role, scope, held, offered, enrolled, may]) => {
	// Which roles are held is asked of the database; a role of another kind or time is not in the list.
	const holds = role === 'teacher' && held[0] <= 0 && (held[1] === null || held[1] > 0);
	const found = choosable(
		{
			teaching: holds ? [{ programId, cohortId: scope === 'cohort' ? cohortId : null }] : [],
			offered: [
				{ programId, stackVersionId, fromAt: at(offered[0]), untilAt: offered[1] === null ? null : at(offered[1]) },
				{ programId: 'another', stackVersionId, fromAt: at(-30), untilAt: null }
			],
			enrolledIn: enrolled === 'never' ? [] : [programId]
		},
		now
	);
	expect(found).toEqual(may ? [{ programId, cohortId: scope === 'cohort' ? cohortId : null, stackVersionId }] : []);
});

test('a form says which stack in which program, and nothing else of it counts', () => {
	const form = new FormData();
	form.set('stack p1', 's1');
	form.set('stack p2', 's2');
	form.set('other', 's3');
	expect(readChosen(form)).toEqual([
		{ programId: 'p1', stackVersionId: 's1' },
		{ programId: 'p2', stackVersionId: 's2' }
	]);
});

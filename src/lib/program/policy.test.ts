import { expect, test } from 'vitest';
import { cases, endings, lastOnes, standings } from './policy.cases.ts';
import {
	leavesNobody,
	mayEndRole,
	mayExtendDeadline,
	mayInvite,
	maySeePeople,
	mayReadBreaks,
	maySetBreaks
} from './policy.ts';

test.for(cases)(
	'a %s sees who is in a program: %s, invites: %s, gives more time: %s, sets breaks: %s and reads them: %s',
	([who, sees, invites, extending, setting, reading]) => {
		expect(maySeePeople(standings[who])).toBe(sees);
		expect(mayInvite(standings[who])).toBe(invites);
		expect(mayExtendDeadline(standings[who])).toBe(extending);
		expect(maySetBreaks(standings[who])).toBe(setting);
		expect(mayReadBreaks(standings[who])).toBe(reading);
	}
);

test.for(endings)('a %s ends the role of the %s (ended: %s): %s', ([who, of, ended, may]) => {
	const held = { own: of === 'own', role: 'teacher' as const, ended };
	expect(mayEndRole(held, standings[who])).toBe(may);
});

test.for(lastOnes)(
	'ending a role (own: %s) of a %s among %i managers leaves nobody: %s',
	([own, role, managers, nobody]) => expect(leavesNobody({ own, role, ended: false }, managers)).toBe(nobody)
);

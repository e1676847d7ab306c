import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { opensTheDoor } from './policy.ts';

test.for(cases)(
	'a %s address (verified: %s, owner active: %s) opens the door: %s',
	([kind, verified, ownerActive, opens]) => expect(opensTheDoor({ kind, verified, ownerActive })).toBe(opens)
);

import { expect, test } from 'vitest';
import { cases } from './policy.cases.ts';
import { mayCheckIn, readsCheckIns, seesSignal } from './policy.ts';

test.for(cases)(
	'of a pair that is %s (%s) a %s may: %s, and sees the signal: %s',
	([status, endedAs, who, may, signal]) => {
		const pair = { status, endedAs };
		expect(mayCheckIn(pair, who)).toBe(may === 'send');
		expect(readsCheckIns(pair, who)).toBe(may !== 'none');
		expect(seesSignal(pair, who)).toBe(signal);
	}
);

import { expect, test } from 'vitest';
import { dayAfter } from '#lib/program/breaks.ts';
import { randomOf } from '../../../tests/stacks/random.ts';
import {
	afternoon,
	breaks,
	firstDay,
	lastDay,
	pausesOf,
	type SimulatedPair,
	simulatedPair
} from '../../../tests/stalls/school-year.ts';
import { type Need, needOf } from './need.ts';
import { restingDays, restsOf } from './rests.ts';

const zone = 'America/Chicago';

/** What the board says of a simulated pair on a day. */
function saidOn(pair: SimulatedPair, today: string): Need | null {
	const last = (by: (act: SimulatedPair['acts'][number]) => boolean) => {
		const act = pair.acts.findLast((one) => one.day <= today && by(one));
		return act ? afternoon(act.day) : null;
	};
	const now = new Date(afternoon(today).getTime() + 3600_000);
	const pauses = pausesOf(pair, today);
	const teacher = last(({ by }) => by === 'teacher');
	return needOf(
		{
			pairId: 'p',
			status: pauses.at(-1)?.until === null ? 'paused' : 'active',
			proposedAt: afternoon(firstDay),
			activeAt: afternoon(firstDay),
			pausedAt: pauses.at(-1)?.until === null ? pauses.at(-1)!.from : null,
			restsSince: null,
			rests: restsOf(breaks, pauses, now, zone),
			reflections: 1,
			lastEdit: { teacher, mentor: last(({ by }) => by === 'mentor'), forMentor: teacher },
			lastMeeting: last(({ by }) => by === 'both'),
			lastCheckIn: last(({ by }) => by === 'check-in'),
			signal: null,
			lastMark: null,
			inReviewSince: null,
			returnedAt: null,
			complete: false,
			summary: null,
			ownDate: null,
			lastDay: null
		},
		now,
		zone
	);
}

/** Days on which something could be expected between two days. */
function waiting(pair: SimulatedPair, from: string, to: string): number {
	const rests = restsOf(breaks, pausesOf(pair, to), afternoon(to), zone);
	return (Date.parse(to) - Date.parse(from)) / 86_400_000 - restingDays(from, to, rests);
}

test('of 1,000 simulated pairs the board names those that stall and few others; breaks and pauses raise none', () => {
	const random = randomOf(20261130);
	const pairs = Array.from({ length: 1000 }, () => simulatedPair(random));
	const seen = { named: 0, rightly: 0, stalled: 0, found: 0, inPause: 0, raisedInBreak: 0, paused: 0, resting: 0 };
	for (const pair of pairs) {
		const isPaused = (day: string) => pair.pauses.some((one) => one.firstDay <= day && day <= one.lastDay);
		let found = false;
		// A coach looks on Mondays.
		for (let day = firstDay; day <= lastDay; day = dayAfter(day, 7)) {
			const need = saidOn(pair, day);
			const stands = pair.stalledOn !== null && day > pair.stalledOn;
			seen.named += Number(need !== null);
			seen.rightly += Number(need !== null && stands);
			found ||= need !== null && stands;
			seen.paused += Number(isPaused(day));
			seen.inPause += Number(isPaused(day) && need !== null);
			const rest = breaks.find((one) => one.firstDay <= day && day <= one.lastDay);
			if (!rest) continue;
			seen.resting++;
			const before = dayAfter(rest.firstDay, -1);
			seen.raisedInBreak += Number(need !== null && !isPaused(before) && !saidOn(pair, before));
		}
		// Whoever stalls so late that the year ends before three weeks of waiting is not to be found.
		if (pair.stalledOn && waiting(pair, pair.stalledOn, lastDay) >= 21) {
			seen.stalled++;
			seen.found += Number(found);
		}
	}
	expect(seen.inPause).toBe(0);
	expect(seen.raisedInBreak).toBe(0);
	expect(Math.min(seen.paused, seen.resting)).toBeGreaterThan(400);
	expect(seen.stalled).toBeGreaterThan(200);
	expect(seen.found / seen.stalled, 'recall').toBeGreaterThanOrEqual(0.9);
	expect(seen.rightly / seen.named, 'precision').toBeGreaterThanOrEqual(0.9);
});

test('a pair that stalls is named within three weeks of waiting', () => {
	const random = randomOf(7);
	const late: string[] = [];
	for (let n = 0; n < 400; n++) {
		const pair = simulatedPair(random);
		if (!pair.stalledOn || pair.byMentor || waiting(pair, pair.stalledOn, lastDay) < 21) continue;
		let day = pair.stalledOn;
		while (waiting(pair, pair.stalledOn, day) < 21) day = dayAfter(day, 1);
		const paused = pair.pauses.some((one) => one.firstDay <= day && day <= one.lastDay);
		const alone = pair.acts.some((act) => act.day > pair.stalledOn! && act.day <= day);
		if (!paused && !alone && !saidOn(pair, day)) late.push(`${n}: ${pair.stalledOn}, on ${day}`);
	}
	expect(late).toEqual([]);
});

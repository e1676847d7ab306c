import ICAL from 'ical.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { busyOf, merged, mostBytes } from './busy.ts';
import { day, occurrences, readRule } from './recurrence.ts';

const folder = join(import.meta.dirname, '../../../tests/data/calendar');
const file = (name: string) => readFileSync(join(folder, name), 'utf8');
type Expected = { zone: string; window: [string, string] } & Record<string, { busy: [string, string][] }>;
const expected = JSON.parse(file('expected.json')) as Expected;
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
const said = (text: string, from: string, to: string, zone = 'America/New_York') => {
	const { spans, unread } = busyOf(text, { from: new Date(from), to: new Date(to) }, zone);
	return { busy: spans.map((span) => [iso(span.from), iso(span.to)]), unread };
};
const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:a@example.org', ...lines, 'END:VEVENT'];
const week = ['2026-11-02T05:00:00Z', '2026-11-07T05:00:00Z'] as const;

test.for(['novice.ics', 'mentor.ics', 'freebusy.ics'])('%s is busy when it is known to be', (name) => {
	expect(said(file(name), ...expected.window, expected.zone)).toEqual({ busy: expected[name]!.busy, unread: 0 });
});

test('no title, place or guest comes out of a calendar', () => {
	const text = calendar(
		...event(
			'SUMMARY:SECRET title',
			'LOCATION:SECRET place',
			'ATTENDEE;CN=SECRET:mailto:secret@example.org',
			'DTSTART:20261102T150000Z',
			'DTEND:20261102T160000Z',
			'BEGIN:VALARM',
			'DESCRIPTION:SECRET alarm',
			'DURATION:PT9H',
			'END:VALARM'
		)
	);
	const found = busyOf(text, { from: new Date(week[0]), to: new Date(week[1]) }, 'UTC');
	expect(JSON.stringify(found)).not.toMatch(/secret/i);
	expect(found.spans).toEqual([{ from: Date.UTC(2026, 10, 2, 15), to: Date.UTC(2026, 10, 2, 16) }]);
});

test.for<[what: string, lines: string[], busy: [string, string][]]>([
	[
		'a rule ends with the moment it names, which may be its last one',
		['DTSTART;TZID=Europe/Berlin:20261101T080000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;UNTIL=20261103T070000Z'],
		[
			['2026-11-02T07:00:00Z', '2026-11-02T08:00:00Z'],
			['2026-11-03T07:00:00Z', '2026-11-03T08:00:00Z']
		]
	],
	[
		'a rule ends with the day it names',
		['DTSTART;TZID=America/New_York:20261030T220000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;UNTIL=20261103'],
		[
			['2026-11-03T03:00:00Z', '2026-11-03T04:00:00Z'],
			['2026-11-04T03:00:00Z', '2026-11-04T04:00:00Z']
		]
	],
	[
		'what is counted is counted from the beginning',
		['DTSTART:20261029T150000Z', 'DTEND:20261029T160000Z', 'RRULE:FREQ=DAILY;COUNT=6'],
		[
			['2026-11-02T15:00:00Z', '2026-11-02T16:00:00Z'],
			['2026-11-03T15:00:00Z', '2026-11-03T16:00:00Z']
		]
	],
	[
		'an excluded day takes out what is on it',
		['DTSTART:20261102T150000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2', 'EXDATE;VALUE=DATE:20261102'],
		[['2026-11-03T15:00:00Z', '2026-11-03T16:00:00Z']]
	],
	[
		'added dates count, as a time and as a period',
		['DTSTART:20261001T150000Z', 'DURATION:PT1H', 'RDATE:20261102T150000Z', 'RDATE;VALUE=PERIOD:20261103T150000Z/PT2H'],
		[
			['2026-11-02T15:00:00Z', '2026-11-02T16:00:00Z'],
			['2026-11-03T15:00:00Z', '2026-11-03T17:00:00Z']
		]
	],
	[
		'a time without a zone is on its owner’s clock',
		['DTSTART:20261102T090000', 'DTEND:20261102T100000'],
		[['2026-11-02T14:00:00Z', '2026-11-02T15:00:00Z']]
	],
	['what takes no time is not busy', ['DTSTART:20261102T090000Z'], []],
	[
		'what Outlook shows as free is free',
		['DTSTART:20261102T150000Z', 'DURATION:PT1H', 'X-MICROSOFT-CDO-BUSYSTATUS:FREE'],
		[]
	],
	[
		'a fortnight counts from the week it begins in',
		['DTSTART:20261021T150000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=WE,MO'],
		[
			['2026-11-02T15:00:00Z', '2026-11-02T16:00:00Z'],
			['2026-11-04T15:00:00Z', '2026-11-04T16:00:00Z']
		]
	]
])('%s', ([, lines, busy]) => {
	expect(said(calendar(...event(...lines)), ...week)).toEqual({ busy, unread: 0 });
});

test('the last weekday of a month, by its place in a set', () => {
	const text = calendar(
		...event('DTSTART:20260130T150000Z', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1')
	);
	expect(said(text, '2026-11-01T00:00:00Z', '2027-01-01T00:00:00Z').busy.map(([from]) => from)).toEqual([
		'2026-11-30T15:00:00Z',
		'2026-12-31T15:00:00Z'
	]);
});

test('a change to one occurrence and all later ones moves those, and a cancelled one is gone', () => {
	const text = calendar(
		...event('DTSTART;TZID=America/New_York:20261019T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY'),
		...event(
			'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/New_York:20261026T090000',
			'DTSTART;TZID=America/New_York:20261027T103000',
			'DURATION:PT30M'
		),
		...event('RECURRENCE-ID;TZID=America/New_York:20261109T090000', 'STATUS:CANCELLED', 'DTSTART:20261109T140000Z')
	);
	expect(said(text, '2026-10-18T00:00:00Z', '2026-11-21T00:00:00Z').busy).toEqual([
		['2026-10-19T13:00:00Z', '2026-10-19T14:00:00Z'],
		['2026-10-27T14:30:00Z', '2026-10-27T15:00:00Z'],
		['2026-11-03T15:30:00Z', '2026-11-03T16:00:00Z'],
		['2026-11-17T15:30:00Z', '2026-11-17T16:00:00Z']
	]);
});

test('of two with one name the later revision counts', () => {
	const text = calendar(
		...event('SEQUENCE:2', 'DTSTART:20261103T150000Z', 'DURATION:PT1H'),
		...event('SEQUENCE:1', 'DTSTART:20261102T150000Z', 'DURATION:PT1H')
	);
	expect(said(text, ...week).busy).toEqual([['2026-11-03T15:00:00Z', '2026-11-03T16:00:00Z']]);
});

describe('clocks', () => {
	test.for<[zone: string, from: string, to: string]>([
		['America/New_York', '2026-11-02T14:00:00Z', '2026-11-02T15:00:00Z'],
		['/example.org/America/New_York', '2026-11-02T14:00:00Z', '2026-11-02T15:00:00Z'],
		['Our own clock', '2026-11-02T14:00:00Z', '2026-11-02T15:00:00Z']
	])('%s is followed, by the world’s list or as the file describes it', ([zone, from, to]) => {
		const text = calendar(
			'BEGIN:VTIMEZONE',
			'TZID:Our own clock',
			'BEGIN:DAYLIGHT',
			'TZOFFSETFROM:-0500',
			'TZOFFSETTO:-0400',
			'DTSTART:20070311T020000',
			'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
			'END:DAYLIGHT',
			'BEGIN:STANDARD',
			'TZOFFSETFROM:-0400',
			'TZOFFSETTO:-0500',
			'DTSTART:20071104T020000',
			'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU',
			'END:STANDARD',
			'END:VTIMEZONE',
			...event(`DTSTART;TZID="${zone}":20261031T090000`, 'DURATION:PT1H', 'RRULE:FREQ=DAILY')
		);
		expect(said(text, '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z').busy).toEqual([[from, to]]);
		expect(said(text, '2026-10-31T00:00:00Z', '2026-11-01T04:00:00Z').busy).toEqual([
			['2026-10-31T13:00:00Z', '2026-10-31T14:00:00Z']
		]);
		// The spring after, and the same wall time on it.
		expect(said(text, '2027-03-14T04:00:00Z', '2027-03-15T00:00:00Z').busy).toEqual([
			['2027-03-14T13:00:00Z', '2027-03-14T14:00:00Z']
		]);
	});
	test('a clock nobody knows leaves the entry unread, and says so', () => {
		const text = calendar(...event('DTSTART;TZID=Nowhere:20261102T090000', 'DURATION:PT1H'));
		expect(said(text, ...week)).toEqual({ busy: [], unread: 1 });
	});
	test('a whole day is as long as it is where its owner is', () => {
		const text = calendar(...event('DTSTART;VALUE=DATE:20261101'));
		expect(said(text, '2026-10-30T00:00:00Z', '2026-11-05T00:00:00Z', 'America/Chicago').busy).toEqual([
			['2026-11-01T05:00:00Z', '2026-11-02T06:00:00Z']
		]);
	});
});

describe('a hostile calendar is bounded', () => {
	const sentence = (text: string) => {
		try {
			said(text, ...week);
			return null;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return error.message;
		}
	};
	test.for<[what: string, text: string, said: RegExp]>([
		['no calendar', '<html>hello</html>', /not a calendar/],
		['nothing', '', /not a calendar/],
		['one that is too large', calendar('X'.repeat(mostBytes)), /larger than 5 MB/],
		['one that nests', calendar(...Array.from({ length: 50 }, () => 'BEGIN:VEVENT')), /nests deeper/],
		[
			'one of too many entries',
			calendar(...Array.from({ length: 20_001 }, () => 'BEGIN:VEVENT\nEND:VEVENT')),
			/more than 20,000 entries/
		],
		[
			'one that is busy without end',
			calendar(
				...event(
					'DTSTART:19000101T000000Z',
					'DURATION:PT1M',
					`RRULE:FREQ=DAILY;BYHOUR=${[...Array(24).keys()].join()};BYMINUTE=0,1,2`
				)
			),
			/repeat more often/
		],
		[
			'ten thousand that are counted from long ago',
			calendar(
				...Array.from({ length: 10_000 }, (_, i) => [
					'BEGIN:VEVENT',
					`UID:${i}`,
					'DTSTART:19000101T000000Z',
					'DURATION:PT1M',
					'RRULE:FREQ=DAILY;COUNT=99999999;BYMONTH=2;BYMONTHDAY=30',
					'END:VEVENT'
				]).flat()
			),
			/repeat more often/
		]
	])('%s', ([, text, expected]) => {
		expect(sentence(text)).toMatch(expected);
	});
	test.for<[what: string, lines: string[]]>([
		['a rule that repeats every second', ['DTSTART:19700101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY']],
		['a rule that is none', ['DTSTART:20261102T000000Z', 'RRULE:FREQ=DAILY;BYDAY=XX']],
		['a time that is none', ['DTSTART:yesterday']],
		['a length that is none', ['DTSTART:20261102T000000Z', 'DURATION:long']],
		['a year far away', ['DTSTART:99991102T000000Z', 'RRULE:FREQ=DAILY']]
	])('%s leaves only its own entry unread', ([, lines]) => {
		const text = calendar(
			...event(...lines),
			'BEGIN:VEVENT',
			'UID:b',
			'DTSTART:20261102T150000Z',
			'DURATION:PT1H',
			'END:VEVENT'
		);
		expect(said(text, ...week)).toEqual({ busy: [['2026-11-02T15:00:00Z', '2026-11-02T16:00:00Z']], unread: 1 });
	});
	test('a rule that never comes true ends', () => {
		const text = calendar(
			...event('DTSTART:20260101T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31')
		);
		expect(said(text, ...week)).toEqual({ busy: [], unread: 0 });
	});
});

test.for([
	'FREQ=WEEKLY;BYDAY=MO,WE,FR',
	'FREQ=WEEKLY;INTERVAL=3;BYDAY=TU',
	'FREQ=WEEKLY',
	'FREQ=DAILY;INTERVAL=4',
	'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR',
	'FREQ=MONTHLY;BYDAY=1TH',
	'FREQ=MONTHLY;BYDAY=-1FR',
	'FREQ=MONTHLY;BYMONTHDAY=15,-1',
	'FREQ=MONTHLY;INTERVAL=2',
	'FREQ=YEARLY',
	'FREQ=YEARLY;BYMONTH=9;BYDAY=1MO',
	'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,1',
	'FREQ=WEEKLY;COUNT=30;BYDAY=TU,TH',
	'FREQ=DAILY;COUNT=400'
])('%s falls on the days that ical.js finds', (text) => {
	const start = Date.UTC(2025, 0, 14, 9, 30);
	const until = start + 900 * day;
	const theirs: number[] = [];
	const iterator = ICAL.Recur.fromString(text).iterator(ICAL.Time.fromDateTimeString('2025-01-14T09:30:00'));
	for (let next = iterator.next(); next; next = iterator.next()) {
		const wall = Date.UTC(next.year, next.month - 1, next.day, next.hour, next.minute);
		if (wall >= until) break;
		theirs.push(wall);
	}
	const ours = (from: number) => occurrences(readRule(text)!, start, from, until, () => false, { days: 1e6 });
	expect(ours(start)).toEqual(theirs);
	// Wherever one begins to look, the same days are found.
	for (const later of [17, 95, 366])
		expect(ours(start + later * day)).toEqual(theirs.filter((one) => one >= start + later * day));
});

test('the twentieth Monday of a year is found, as in RFC 5545', () => {
	const [from, to] = [Date.UTC(1997, 4, 19, 9), Date.UTC(2000, 0, 1)];
	const found = occurrences(readRule('FREQ=YEARLY;BYDAY=20MO')!, from, from, to, () => false, { days: 1e6 });
	expect(found.map((wall) => iso(wall).slice(0, 10))).toEqual(['1997-05-19', '1998-05-18', '1999-05-17']);
});

test('what overlaps or touches is one time', () => {
	expect(
		merged([
			{ from: 5, to: 9 },
			{ from: 1, to: 3 },
			{ from: 3, to: 4 },
			{ from: 6, to: 7 },
			{ from: 11, to: 11 }
		])
	).toEqual([
		{ from: 1, to: 4 },
		{ from: 5, to: 9 }
	]);
});

import { describe, expect, test } from 'vitest';
import { type Settings, usual } from './settings.ts';
import { digestAfter, fateOf, firstLook, newsFor, quietUntil } from './when.ts';

const zone = 'America/Chicago';
const at = (text: string) => new Date(text);

describe('quiet hours end', () => {
	test.for<[what: string, now: string, zone: string, settings: Partial<Settings>, until: string | null]>([
		['in the evening, tomorrow at seven', '2026-11-30T19:00-06:00', zone, {}, '2026-12-01T07:00-06:00'],
		['after midnight, today at seven', '2026-12-01T03:00-06:00', zone, {}, '2026-12-01T07:00-06:00'],
		['a minute before seven', '2026-12-01T06:59-06:00', zone, {}, '2026-12-01T07:00-06:00'],
		['at seven it is not quiet', '2026-12-01T07:00-06:00', zone, {}, null],
		['a minute before seven in the evening it is not', '2026-11-30T18:59-06:00', zone, {}, null],
		['by the person’s clock, whatever the server’s', '2026-12-01T07:30-05:00', zone, {}, '2026-12-01T07:00-06:00'],
		['half an hour off', '2026-12-01T06:30+05:30', 'Asia/Kolkata', {}, '2026-12-01T07:00+05:30'],
		['the night when clocks go forward', '2026-03-07T22:00-06:00', zone, {}, '2026-03-08T07:00-05:00'],
		['the night when they go back', '2026-10-31T22:00-05:00', zone, {}, '2026-11-01T07:00-06:00'],
		['of a day', '2026-12-01T12:30-06:00', zone, { quietFrom: '12:00', quietTo: '13:00' }, '2026-12-01T13:00-06:00'],
		['of a day, before it', '2026-12-01T11:59-06:00', zone, { quietFrom: '12:00', quietTo: '13:00' }, null],
		[
			'from midnight',
			'2026-12-01T00:00-06:00',
			zone,
			{ quietFrom: '00:00', quietTo: '06:00' },
			'2026-12-01T06:00-06:00'
		],
		[
			'until midnight',
			'2026-12-01T23:30-06:00',
			zone,
			{ quietFrom: '22:00', quietTo: '00:00' },
			'2026-12-02T00:00-06:00'
		],
		[
			'nobody has any who chose the same twice',
			'2026-12-01T03:00-06:00',
			zone,
			{ quietFrom: '00:00', quietTo: '00:00' },
			null
		],
		[
			'in an hour that comes twice, first',
			'2026-11-01T01:10-05:00',
			zone,
			{ quietTo: '01:30' },
			'2026-11-01T01:30-05:00'
		],
		[
			'in an hour that comes twice, again',
			'2026-11-01T01:10-06:00',
			zone,
			{ quietTo: '01:30' },
			'2026-11-01T01:30-06:00'
		],
		[
			'where the clock goes back by half an hour, again',
			'2026-04-05T01:35+10:30',
			'Australia/Lord_Howe',
			{ quietTo: '01:45' },
			'2026-04-05T01:45+10:30'
		],
		['a quarter of an hour off', '2026-12-01T06:44+05:45', 'Asia/Kathmandu', {}, '2026-12-01T07:00+05:45'],
		[
			'at a midnight that does not come',
			'2026-03-28T23:30+02:00',
			'Asia/Beirut',
			{ quietFrom: '22:00', quietTo: '00:00' },
			'2026-03-29T01:00+03:00'
		],
		['in an hour that does not come', '2026-03-08T01:50-06:00', zone, { quietTo: '02:30' }, '2026-03-08T03:30-05:00']
	])('%s', ([, now, where, settings, until]) => {
		expect(quietUntil(at(now), { ...usual, ...settings }, where)).toEqual(until && at(until));
	});
});

describe('the next digest comes', () => {
	test.for<[what: string, after: string, settings: Partial<Settings>, next: string]>([
		['on Monday at seven', '2026-11-25T10:00-06:00', {}, '2026-11-30T07:00-06:00'],
		['today, when its hour is to come', '2026-11-30T06:59-06:00', {}, '2026-11-30T07:00-06:00'],
		['in a week, when it is that very moment', '2026-11-30T07:00-06:00', {}, '2026-12-07T07:00-06:00'],
		['tomorrow, when it is daily', '2026-11-30T07:00-06:00', { digest: 'daily' }, '2026-12-01T07:00-06:00'],
		[
			'on the day that was chosen',
			'2026-11-30T07:00-06:00',
			{ digestWeekday: 7, digestHour: 18 },
			'2026-12-06T18:00-06:00'
		],
		['after the clocks went forward, at the same hour', '2026-03-06T12:00-06:00', {}, '2026-03-09T07:00-05:00'],
		['after they went back, at the same hour', '2026-10-30T12:00-05:00', {}, '2026-11-02T07:00-06:00'],
		[
			'when the clock has jumped over its hour',
			'2026-03-07T12:00-06:00',
			{ digest: 'daily', digestHour: 2 },
			'2026-03-08T03:00-05:00'
		]
	])('%s', ([, after, settings, next]) => {
		expect(digestAfter(at(after), { ...usual, ...settings }, zone)).toEqual(at(next));
	});
});

describe('a held mail', () => {
	const noon = '2026-12-01T12:00-06:00';
	const minutes = (n: number) => new Date(at(noon).getTime() + n * 60_000);
	type Line = [
		what: string,
		kind: string,
		told: Date,
		now: Date,
		settings: Partial<Settings>,
		fate: ReturnType<typeof fateOf>,
		more?: { readAt?: Date; muted?: boolean; heldFrom?: Date }
	];
	const lines: Line[] = [
		['leaves after ten minutes', 'reply', at(noon), minutes(10), {}, { leave: 'cohort' }],
		['and not after nine', 'reply', at(noon), minutes(9.99), {}, { later: minutes(10) }],
		['never once it was read', 'reply', at(noon), minutes(10), {}, 'never', { readAt: minutes(5) }],
		['never where it is muted', 'reply', at(noon), minutes(10), {}, 'never', { muted: true }],
		[
			'not in quiet hours',
			'reply',
			at('2026-12-01T18:55-06:00'),
			at('2026-12-01T19:05-06:00'),
			{},
			{ later: at('2026-12-02T07:00-06:00') }
		],
		[
			'when they are over',
			'reply',
			at('2026-12-01T18:55-06:00'),
			at('2026-12-02T07:00-06:00'),
			{},
			{ leave: 'cohort' }
		],
		[
			'at night for whoever has none',
			'reply',
			at('2026-12-01T20:55-06:00'),
			at('2026-12-01T21:05-06:00'),
			{ quietFrom: '00:00', quietTo: '00:00' },
			{ leave: 'cohort' }
		],
		['not for whoever wants none of its group', 'reply', at(noon), minutes(10), { mail: { cohort: 'off' } }, 'never'],
		[
			'of another group all the same',
			'check-in',
			at(noon),
			minutes(10),
			{ mail: { cohort: 'off' } },
			{ leave: 'pair' }
		],
		[
			'waits for the digest where its group does',
			'reply',
			at(noon),
			minutes(10),
			{ mail: { cohort: 'digest' } },
			{ later: at('2026-12-07T07:00-06:00') }
		],
		['waits for it by itself', 'new-post', at(noon), minutes(10), {}, { later: at('2026-12-07T07:00-06:00') }],
		['leaves with it', 'new-post', at(noon), at('2026-12-07T07:00-06:00'), {}, { leave: 'digest' }],
		[
			'does not wait for it where its group is soon',
			'new-post',
			at(noon),
			minutes(10),
			{ mail: { cohort: 'soon' } },
			{ leave: 'cohort' }
		],
		['waits for no digest that does not come', 'new-post', at(noon), minutes(10), { digest: 'off' }, 'never'],
		[
			'a digest in quiet hours leaves after them',
			'new-post',
			at(noon),
			at('2026-12-07T05:00-06:00'),
			{ digestHour: 5 },
			{ later: at('2026-12-07T07:00-06:00') }
		],
		[
			'is held anew by whoever chose anew',
			'reply',
			at(noon),
			minutes(10),
			{},
			{ later: minutes(15) },
			{ heldFrom: minutes(5) }
		],
		['of two weeks ago is no news', 'reply', at(noon), new Date(at(noon).getTime() + newsFor + 1), {}, 'never'],
		['that its room sends itself', 'meeting', at(noon), minutes(10), {}, 'never'],
		['of a kind that is not known here', 'from-next-year', at(noon), minutes(10), {}, 'never']
	];
	test.for(lines)(
		'%s',
		([, kind, told, now, settings, fate, { readAt = null, muted = false, heldFrom = told } = {}]) => {
			expect(fateOf({ kind, at: told, heldFrom, readAt }, { ...usual, ...settings }, zone, now, muted)).toEqual(fate);
		}
	);

	test('is first looked at when it may leave at the earliest', () => {
		const look = (kind: string, settings: Partial<Settings> = {}) =>
			firstLook(kind, { ...usual, ...settings }, zone, at(noon));
		expect(look('reply')).toEqual(minutes(10));
		expect(look('new-post')).toEqual(at('2026-12-07T07:00-06:00'));
		expect(look('meeting')).toBeNull();
		expect(look('reply', { mail: { cohort: 'off' } })).toBeNull();
		expect(look('from-next-year')).toBeNull();
	});
});

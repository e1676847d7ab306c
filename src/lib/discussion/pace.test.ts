import { expect, test } from 'vitest';
import { maySayAgain, slower } from './pace.ts';

const now = new Date('2026-11-30T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const times = (count: number, from: number, step = 1) => Array.from({ length: count }, (_, i) => ago(from + i * step));
const long = ago(60 * 24 * 30);

test.for<[what: string, first: Date | null, posts: Date[], threads: Date[], opens: boolean, until: number | null]>([
	['nothing yet', null, [], [], true, null],
	['two threads of somebody new', ago(60), times(2, 5), times(2, 5), true, null],
	[
		'three threads of somebody new: until the first is a day old',
		ago(60),
		times(3, 5),
		times(3, 5),
		true,
		24 * 60 - 60
	],
	['three threads of somebody new, who answers', ago(60), times(3, 5), times(3, 5), false, null],
	['fifteen posts of somebody new', ago(100), times(15, 70), [], false, 24 * 60 - 100],
	['whoever stops being new in an hour waits no longer than that', ago(23 * 60), times(15, 70), [], false, 60],
	['fifteen posts of somebody old', long, times(15, 5), [], true, null],
	['twenty-nine in an hour', long, times(29, 1), [], false, null],
	['thirty in an hour: until the oldest of them has passed', long, times(30, 1), [], false, 30],
	['thirty in two hours', long, times(30, 1, 4), [], false, null],
	['nine threads in a day', long, times(9, 60), times(9, 60), true, null],
	['ten threads in a day', long, times(10, 100), times(10, 100), true, 24 * 60 - 109],
	['ten threads, and an answer', long, times(10, 100), times(10, 100), false, null]
])('%s', ([, first, posts, threads, opens, until]) =>
	expect(maySayAgain({ first, posts, threads }, opens, now)).toEqual(
		until === null ? null : new Date(now.getTime() + until * 60_000)
	)
);

test.for<[minutes: number, says: string]>([
	[0.2, 'in a minute'],
	[17, 'in 17 minutes'],
	[61, 'in about an hour'],
	[600, 'in about 10 hours']
])('%d minutes are said as: %s', ([minutes, says]) =>
	expect(slower(new Date(now.getTime() + minutes * 60_000), now)).toContain(`it can be posted ${says}.`)
);

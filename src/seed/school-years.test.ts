import { expect, test } from 'vitest';
import { schoolBreaks } from './school-years.ts';

test('a school year in Tennessee rests on these days', () => {
	expect(schoolBreaks('2026-08-03', '2027-05-28', 'southern')).toEqual([
		{ name: 'Labor Day', firstDay: '2026-09-07', lastDay: '2026-09-07' },
		{ name: 'Autumn break', firstDay: '2026-10-12', lastDay: '2026-10-16' },
		{ name: 'Thanksgiving', firstDay: '2026-11-25', lastDay: '2026-11-27' },
		{ name: 'Winter break', firstDay: '2026-12-21', lastDay: '2027-01-03' },
		{ name: 'Spring break', firstDay: '2027-03-15', lastDay: '2027-03-19' }
	]);
});

test('one in New York has a recess in February', () => {
	expect(schoolBreaks('2027-01-04', '2027-06-01', 'new-york').map(({ name, firstDay }) => [name, firstDay])).toEqual([
		['Midwinter recess', '2027-02-15'],
		['Spring break', '2027-04-05']
	]);
});

test.for([2023, 2024, 2025, 2026, 2027, 2028])(
	'in %i Thanksgiving is a Wednesday to Friday and winter break ends on a Sunday',
	(year) => {
		const all = schoolBreaks(`${year}-08-10`, `${year + 1}-01-20`, 'southern');
		const [thanksgiving, winter] = ['Thanksgiving', 'Winter break'].map((name) =>
			all.find((one) => one.name === name)!
		);
		expect(new Date(thanksgiving!.firstDay).getUTCDay()).toBe(3);
		expect(new Date(thanksgiving!.lastDay).getUTCDay()).toBe(5);
		expect(new Date(winter!.lastDay).getUTCDay()).toBe(0);
		expect(winter!.firstDay <= `${year}-12-24` && winter!.lastDay >= `${year + 1}-01-01`).toBe(true);
	}
);

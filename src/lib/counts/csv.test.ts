import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { cellOf, csvOf } from './csv.ts';

test.for<[value: string | number, cell: string]>([
	['Maple Street', 'Maple Street'],
	[12, '12'],
	[-3, '-3'],
	['', ''],
	['Say "hello"', '"Say ""hello"""'],
	['Cedar, Hollow', '"Cedar, Hollow"'],
	['two\nlines', '"two\nlines"'],
	['=1+1', "'=1+1"],
	['+49', "'+49"],
	['-2', "'-2"],
	['@cmd', "'@cmd"],
	['\t=1', "'\t=1"],
	[' =1', "' =1"],
	['＝1', "'＝1"],
	['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
	['St. John’s – Élan', 'St. John’s – Élan']
])('writes %o as %s', ([value, cell]) => {
	expect(cellOf(value)).toBe(cell);
});

test('is read again as it was by a reader of its own', () => {
	const rows = [
		['Name', 'Active'],
		['A "quoted", name\r\nof two lines', 12],
		[' spaces ', 0]
	];
	const text = csvOf(rows);
	expect(text.endsWith('\r\n')).toBe(true);
	expect(parse(text)).toEqual(rows.map((row) => row.map(String)));
});

import { describe, expect, test } from 'vitest';
import { mend, readRoster, rosterBytes, rosterLines } from './roster.ts';

const short = (text: string) =>
	readRoster(text).map(({ line, name, address, role, cohort }) => [line, name, address, role, cohort]);

describe('a table with headings', () => {
	const kim = [2, 'Kim Lee', 'kim@school.example', 'mentor', 'Cohort A'];
	test.for<[what: string, text: string]>([
		['commas', 'name,email,role,cohort\nKim Lee,kim@school.example,mentor,Cohort A'],
		['any order', 'Cohort,ROLE,E-mail,Name\nCohort A,mentor,Kim@School.example,Kim Lee'],
		['semicolons', 'name;email;role;cohort\nKim Lee;kim@school.example;mentor;Cohort A'],
		['tabs, as a spreadsheet copies', 'name\temail\trole\tcohort\nKim Lee\tkim@school.example\tmentor\tCohort A'],
		['quotation marks', '"name","email","role","cohort"\n"Kim Lee","kim@school.example","mentor","Cohort A"'],
		['a mark of byte order', '\uFEFFname,email,role,cohort\nKim Lee,kim@school.example,mentor,Cohort A'],
		['line ends of Windows', 'name,email,role,cohort\r\nKim Lee,kim@school.example,mentor,Cohort A\r\n'],
		['line ends of old', 'name,email,role,cohort\rKim Lee,kim@school.example,mentor,Cohort A'],
		['names in two parts', 'givenName,familyName,email,role,cohort\nKim,Lee,kim@school.example,mentor,Cohort A'],
		[
			'names in two parts, as people say',
			'Last name,First name,Email address,Role,Group\nLee,Kim,kim@school.example,mentor,Cohort A'
		],
		[
			'columns that nobody asked for',
			'id,name,phone,email,role,cohort\n7,Kim Lee,555,kim@school.example,mentor,Cohort A'
		],
		['a comma at the end', 'name,email,role,cohort,\nKim Lee,kim@school.example,mentor,Cohort A,']
	])('is read with %s', ([, text]) => expect(short(text)).toEqual([kim]));

	test('may leave cells out, and lines', () => {
		expect(short('email,name,role\na@b.example\n\n,,\nc@b.example,Ann')).toEqual([
			[2, null, 'a@b.example', null, null],
			[5, 'Ann', 'c@b.example', null, null]
		]);
	});

	test('may have line breaks and the sign between in a cell', () => {
		expect(short('name,email\n"Lee,\nKim",kim@b.example\nAnn,ann@b.example')).toEqual([
			[2, 'Lee, Kim', 'kim@b.example', null, null],
			[4, 'Ann', 'ann@b.example', null, null]
		]);
	});

	test('out of a school’s system is read, and who is to be deleted there is known', () => {
		const text = `sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone
novice-001,,,true,school-b,teacher,novice001,{SSO:novice-001@district.example},Novice,N001,,90000,novice-001@district.example,,
novice-004,tobedeleted,2026-11-02T06:00:00.000Z,true,school-b,teacher,novice004,"{LDAP:12},{LTI:15}",Novice,N004,,90003,novice-004@district.example,,`;
		expect(readRoster(text)).toMatchObject([
			{ name: 'Novice N001', address: 'novice-001@district.example', role: 'teacher', leaving: false },
			{ name: 'Novice N004', address: 'novice-004@district.example', leaving: true }
		]);
	});

	test('keeps what can’t be an address, to say so', () => {
		expect(readRoster('email\nkim at school')).toMatchObject([{ typed: 'kim at school', address: null }]);
	});
});

describe('a list without headings', () => {
	test.for<[text: string, people: [name: string | null, address: string | null][]]>([
		['kim@b.example', [[null, 'kim@b.example']]],
		[
			'kim@b.example, ann@b.example',
			[
				[null, 'kim@b.example'],
				[null, 'ann@b.example']
			]
		],
		[
			'kim@b.example ann@b.example',
			[
				[null, 'kim@b.example'],
				[null, 'ann@b.example']
			]
		],
		[
			'kim@b.example\nann@b.example\n',
			[
				[null, 'kim@b.example'],
				[null, 'ann@b.example']
			]
		],
		['Kim Lee <kim@b.example>', [['Kim Lee', 'kim@b.example']]],
		[
			'"Lee, Kim" <kim@b.example>; Ann Bo <ann@b.example>',
			[
				['Kim Lee', 'kim@b.example'],
				['Ann Bo', 'ann@b.example']
			]
		],
		[
			'Lee, Kim <kim@b.example>, Bo, Ann <ann@b.example>',
			[
				['Kim Lee', 'kim@b.example'],
				['Ann Bo', 'ann@b.example']
			]
		],
		[
			'al@b.example, Kim Lee <kim@b.example>, bo@b.example',
			[
				[null, 'al@b.example'],
				['Kim Lee', 'kim@b.example'],
				[null, 'bo@b.example']
			]
		],
		['Kim Lee, kim@b.example', [['Kim Lee', 'kim@b.example']]],
		['kim(at)b.example', [[null, null]]]
	])('%s', ([text, people]) => {
		expect(readRoster(text).map(({ name, address }) => [name, address])).toEqual(people);
	});
	test('may say role and cohort after the name', () => {
		expect(short('Kim Lee;kim@b.example;mentor;Cohort A')).toEqual([
			[1, 'Kim Lee', 'kim@b.example', 'mentor', 'Cohort A']
		]);
	});
});

describe('a name', () => {
	const nameIn = (name: string) => readRoster(`name;email\n${name};a@b.example`)[0]!;
	test.for<[typed: string, name: string]>([
		['JosÃ© NÃºÃ±ez', 'José Núñez'],
		['Oâ€™Brien', 'O’Brien'],
		['ZoÃ«', 'Zoë'],
		['ÅšwiÄ™tek', 'Świętek']
	])('that was taken for Windows-1252 is mended, and it is said: %s', ([typed, name]) => {
		expect(nameIn(typed)).toMatchObject({ name, note: `“${typed}” is read as “${name}”` });
	});
	test.for(['José', 'Ångström', 'Âme', 'Ñandú', 'Müller-Lüdenscheid', '李小龙', 'Ã'])(
		'that is right stays as it is: %s',
		(name) => {
			expect(mend(name)).toBe(name);
			expect(nameIn(name)).toMatchObject({ name, note: null });
		}
	);
	test.for<[typed: string, why: string]>([
		['Jos\uFFFD', 'came broken'],
		['Click https://bad.example', 'looks like an address'],
		['www.bad.example', 'looks like an address'],
		['a'.repeat(101), 'longer than a name']
	])('that is none is left out, and it is said why: %s', ([typed, why]) => {
		expect(nameIn(typed)).toMatchObject({ name: null, note: expect.stringContaining(why) });
	});
	test('has no line ends or signs that nobody sees', () => {
		expect(nameIn('Kim\u0000\u0007 \u001b Lee').name).toBe('Kim Lee');
	});
});

describe('is refused in a sentence', () => {
	test.for<[what: string, text: string, why: RegExp]>([
		['when it is empty', ' \n\r\n', /nobody on this list yet/],
		['when it has headings only', 'name,email\n', /nobody under them/],
		['when no column is called email', 'name,role\nKim,mentor', /None of the columns is called email/],
		['when it is too long', `email\n${'x'.repeat(rosterBytes)}`, /longer than 256 KB/],
		['when there are too many', `email\n${'a@b.example\n'.repeat(rosterLines + 1)}`, /1,001 people on this list/],
		['when a quotation mark stays open', 'name,email\n"Kim,kim@b.example\nAnn,ann@b.example', /quotation mark/]
	])('%s', ([, text, why]) => expect(() => readRoster(text)).toThrow(why));

	test('and as many as there may be are read', () => {
		expect(readRoster(`email\n${'a@b.example\n'.repeat(rosterLines)}`)).toHaveLength(rosterLines);
	});
});

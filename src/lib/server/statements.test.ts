import { expect, test } from 'vitest';
import { splitStatements } from './statements.ts';

test.for<[what: string, text: string, statements: string[]]>([
	['two statements', 'select 1; select 2;', ['select 1', 'select 2']],
	['the last without a semicolon', 'select 1;\nselect 2', ['select 1', 'select 2']],
	['nothing but comments', '-- one; two\n/* three; /* four; */ five; */ ;;', []],
	['a comment before a statement stays with it', '-- why;\nselect 1;', ['-- why;\nselect 1']],
	['a semicolon in a string', `select 'a;''b;' ; select ";";`, [`select 'a;''b;'`, `select ";"`]],
	['a backslash in an ordinary string is only a backslash', `select '\\'; select 2`, [`select '\\'`, 'select 2']],
	['an escape string', `select e'\\';' ; select 2`, [`select e'\\';'`, 'select 2']],
	[
		'a function body',
		'create function f() as $$ begin; end $$; select 1',
		['create function f() as $$ begin; end $$', 'select 1']
	],
	['a tagged body holding an untagged one', 'do $a$ $$;$$ $a$; x', ['do $a$ $$;$$ $a$', 'x']],
	['parameters are not dollar quotes', 'select $1; select a$b$c; select 3', ['select $1', 'select a$b$c', 'select 3']],
	[
		"drizzle's breakpoints",
		'create table a ();--> statement-breakpoint\ncreate table b ();',
		['create table a ()', '--> statement-breakpoint\ncreate table b ()']
	]
])('%s', ([, text, statements]) => expect(splitStatements(text)).toEqual(statements));

import { expect, test } from 'vitest';
import { fileNameOf } from './file-name.ts';

test.for<[title: string, name: string]>([
	['What changed when I waited?', 'What changed when I waited'],
	['../../etc/passwd', '.. .. etc passwd'],
	['CON', 'reflection'],
	['...', 'reflection'],
	['a\u202egpj.exe', 'a gpj.exe'],
	['🎉 é', '🎉 é'],
	['x'.repeat(100), 'x'.repeat(60)]
])('the name of a file for “%s” is “%s”', ([title, name]) => expect(fileNameOf(title)).toBe(name));

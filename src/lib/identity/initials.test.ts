import { expect, test } from 'vitest';
import { initialsOf } from './initials.ts';

test.for<[name: string, initials: string]>([
	['Rosa Medina', 'RM'],
	['Rosa', 'R'],
	['  ana   maría de la Cruz ', 'AC'],
	['Fatima El-Amin', 'FA'],
	['(Dr.) Ürsula Øst', 'DØ'],
	['José', 'J'],
	['e\u0301lise durand', 'ÉD'],
	['李 小龙', '李小'],
	['ßeta', 'S'],
	['2 Pac', '2P'],
	['—', '?'],
	['👩‍🏫', '?'],
	['👩‍🏫 Kim', 'K']
])('%s is %s', ([name, initials]) => {
	expect(initialsOf(name)).toBe(initials);
	expect(initialsOf(name).length).toBeLessThanOrEqual(3);
});

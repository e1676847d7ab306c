import { expect, test } from 'vitest';
import { Looks } from './looks.ts';

test('whoever is away for five minutes has left, with what they had seen', () => {
	const looks = new Looks(300);
	looks.came('rosa', 'r');
	looks.went('rosa', 'r', 7, 1000);
	expect(looks.takeLeft(1299)).toEqual([]);
	expect(looks.takeLeft(1300)).toEqual([{ personId: 'rosa', reflectionId: 'r', number: 7 }]);
	expect(looks.takeLeft(9999)).toEqual([]);
});

test('a reload is no leaving', () => {
	const looks = new Looks(300);
	looks.came('rosa', 'r');
	looks.went('rosa', 'r', 7, 1000);
	looks.came('rosa', 'r');
	expect(looks.takeLeft(9999)).toEqual([]);
	looks.went('rosa', 'r', 9, 10_000);
	expect(looks.takeLeft(10_300)).toMatchObject([{ number: 9 }]);
});

test('nobody has left who has another tab open', () => {
	const looks = new Looks(300);
	looks.came('rosa', 'r');
	looks.came('rosa', 'r');
	looks.went('rosa', 'r', 7, 1000);
	expect(looks.takeLeft(9999, true)).toEqual([]);
	looks.went('rosa', 'r', 8, 1000);
	expect(looks.takeLeft(9999)).toMatchObject([{ number: 8 }]);
});

test('each person and each reflection is told by itself', () => {
	const looks = new Looks(300);
	for (const [person, reflection] of [
		['rosa', 'r'],
		['rosa', 's'],
		['idris', 'r']
	] as const)
		looks.came(person, reflection);
	looks.went('rosa', 'r', 1, 0);
	looks.went('idris', 'r', 2, 100);
	expect(looks.takeLeft(300)).toEqual([{ personId: 'rosa', reflectionId: 'r', number: 1 }]);
	expect(looks.takeLeft(400)).toEqual([{ personId: 'idris', reflectionId: 'r', number: 2 }]);
});

test('at the end of the process those who are away are told at once, and those who are here are not', () => {
	const looks = new Looks(300);
	looks.came('rosa', 'r');
	looks.came('idris', 'r');
	looks.went('rosa', 'r', 3, 1000);
	expect(looks.takeLeft(1001, true)).toEqual([{ personId: 'rosa', reflectionId: 'r', number: 3 }]);
});

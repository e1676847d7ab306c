import { expect, test } from 'vitest';
import { Here } from './here.ts';

const made = () => new Here(30);

test('a person with several pages is one, and leaves with the last of them, after a while', () => {
	const here = made();
	here.came('ana');
	here.came('ana');
	here.came('ben');
	expect(here.count).toBe(2);
	here.went('ana', 0);
	here.went('ana', 10);
	here.pass(39);
	expect(here.count).toBe(2);
	here.pass(40);
	expect(here.count).toBe(1);
	expect(here.ours).toEqual(['ben']);
});

test('whoever comes back in time never left', () => {
	const here = made();
	here.came('ana');
	here.went('ana', 0);
	here.came('ana');
	here.pass(1_000);
	expect(here.count).toBe(1);
});

test('whoever is put out is gone at once, unless another page of theirs is still let in', () => {
	const here = made();
	here.came('ana');
	here.came('ana');
	here.went('ana', 0);
	here.out('ana');
	expect(here.count).toBe(1);
	here.went('ana', 0);
	here.out('ana');
	expect(here.count).toBe(0);
	expect(here.quiet).toBe(true);
});

test('somebody with pages in two processes is one person', () => {
	const here = made();
	here.came('ana');
	here.hear('other', ['ana', 'ben'], 0);
	here.hear('third', ['ben', 'cleo'], 0);
	expect(here.count).toBe(3);
	here.hear('third', [], 1);
	expect(here.count).toBe(2);
	expect(here.ours).toEqual(['ana']);
});

test('people of a process that is gone have time to come back to another', () => {
	const here = made();
	here.came('ana');
	here.hear('other', ['ben', 'cleo'], 0);
	here.nodeGone('other', 100);
	expect(here.count).toBe(3);
	here.came('ben');
	here.pass(130);
	expect(here.count).toBe(2);
});

test('what a process has not said again for long is old', () => {
	const here = made();
	here.hear('other', ['ben'], 0);
	here.pass(100, 100);
	expect(here.count).toBe(1);
	here.pass(101, 100);
	expect(here.count).toBe(0);
	expect(here.quiet).toBe(true);
});

test('leaving twice, or without having come, changes nothing', () => {
	const here = made();
	here.went('ana', 0);
	here.came('ben');
	here.went('ben', 0);
	here.went('ben', 5);
	here.pass(30);
	expect(here.count).toBe(0);
});

import { expect, test } from 'vitest';
import { comesBack, leastRoom, tell, type OnDevice } from './on-device.ts';

const well: OnDevice = {
	trouble: null,
	reached: true,
	waiting: false,
	left: 500 * 2 ** 20,
	tight: false,
	lasting: false
};
const offline = { reached: false, waiting: true };

test.for<[when: string, facts: Partial<OnDevice>, said: RegExp | null, kind?: string, again?: boolean]>([
	['all is well', {}, null],
	['all is well, and words are on their way', { waiting: true }, null],
	['the network is gone and nothing was written since', { reached: false }, null],
	['the browser says nothing about room or time', { ...offline, left: null, lasting: null }, null],
	['it says that there is room, and takes nothing', { tight: true }, /less than 4 MB/, 'warning'],
	['it says nothing, and takes nothing', { left: null, tight: true }, /less than 4 MB/, 'warning'],
	['it knows it to be even less', { left: 3, tight: true }, /less than 1 MB/, 'warning'],
	['there is just enough room', { left: leastRoom }, null],
	['there is a byte too little', { left: leastRoom - 1 }, /^There is little room .* 39 MB .* still kept/, 'warning'],
	['there is nearly none', { left: 3 }, /less than 1 MB/, 'warning'],
	['the browser reckons wrongly', { left: -3 }, /less than 1 MB/, 'warning'],
	['there is little room, offline, with words', { ...offline, left: 3 }, /little room/, 'warning'],
	['words wait in a browser that may throw them away', offline, /on this device only.*go online/, 'note'],
	['words wait in one that will not', { ...offline, lasting: true }, null],
	['the device is full', { trouble: 'full' }, /full.*every word is saved/, 'warning', false],
	['it is full and words wait', { ...offline, trouble: 'full' }, /full.*as long as this page is open/, 'risk', false],
	[
		'it is full and words are on their way',
		{ waiting: true, trouble: 'full' },
		/every word is saved/,
		'warning',
		false
	],
	['this browser keeps nothing', { trouble: 'closed' }, /private window.*every word is saved/, 'warning', true],
	['this browser keeps nothing and words wait', { ...offline, trouble: 'closed' }, /copy the text/, 'risk', true],
	['it was thrown away', { trouble: 'gone' }, /thrown away.*Nothing is lost/, 'warning', true],
	['it was thrown away and words wait', { ...offline, trouble: 'gone' }, /being kept anew/, 'risk', false],
	['it was taken away', { trouble: 'taken' }, /another tab.*every word is saved/, 'warning', true],
	['it was taken away and words wait', { ...offline, trouble: 'taken' }, /only here/, 'risk', true]
])('%s', ([, facts, said, kind, again = false]) => {
	const told = tell({ ...well, ...facts });
	if (!said) return expect(told).toBeNull();
	expect(told).toMatchObject({ kind, again, sentence: expect.stringMatching(said) });
});

test('while nothing is kept, no sentence says that something is', () => {
	for (const trouble of ['full', 'closed', 'gone', 'taken'] as const)
		for (const facts of [{}, offline, { left: 3 }, { ...offline, left: 3 }])
			expect(tell({ ...well, trouble, ...facts })!.sentence).not.toMatch(/still kept|safe here/);
});

test.for<[OnDevice['trouble'], waiting: boolean, back: boolean]>([
	[null, true, false],
	['full', false, true],
	['full', true, true],
	['closed', true, true],
	['gone', false, false],
	['gone', true, true],
	['taken', false, false],
	['taken', true, false]
])('%s, words waiting: %s: does a copy come back by itself? %s', ([trouble, waiting, back]) =>
	expect(comesBack({ trouble, waiting })).toBe(back)
);

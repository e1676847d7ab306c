import { expect, test } from 'vitest';
import { rehearse } from '../scripts/replay/rehearsal.ts';
import { parseTrace, readTrace } from '../scripts/replay/trace.ts';

test('the recording of two people gives its published end text', () => {
	const rehearsal = rehearse(readTrace('friendsforever'));
	expect(rehearsal.asPublished).toBe(true);
	expect(rehearsal.text).toHaveLength(21_362);
	expect(rehearsal.steps).toHaveLength(26_078 + 1);
});

test('positions count code points, so an emoji is one character', () => {
	const trace = parseTrace('emoji', {
		endContent: 'a👩🏽‍🏫bc🎉!',
		txns: [
			{ patches: [[0, 0, '👩🏽‍🏫🎈🎉']] },
			{ patches: [[4, 1, 'bc']] },
			{
				patches: [
					[7, 0, '!'],
					[0, 0, 'a']
				]
			}
		]
	});
	expect(rehearse(trace)).toMatchObject({ asPublished: true, text: 'a👩🏽‍🏫bc🎉!' });
});

test('three authors write at once, each on what that author had seen', () => {
	const trace = parseTrace('three', {
		kind: 'concurrent',
		numAgents: 3,
		endContent: 'One, two, four.',
		txns: [
			{ agent: 0, parents: [], patches: [[0, 0, 'one three']] },
			{ agent: 1, parents: [0], patches: [[3, 6, ', two']] },
			{ agent: 2, parents: [0], patches: [[9, 0, ', four']] },
			{ agent: 0, parents: [0], patches: [[0, 1, 'O']] },
			{ agent: 2, parents: [1, 2, 3], patches: [[14, 0, '.']] },
			{ agent: 1, parents: [4], patches: [] }
		]
	});
	expect(rehearse(trace)).toMatchObject({ asPublished: true, text: 'One, two, four.' });
});

test('when two insert at one place, the order that the recording had is found', () => {
	const txns = [
		{ agent: 0, parents: [], patches: [[0, 0, 'ab']] },
		{ agent: 0, parents: [0], patches: [[1, 0, 'X']] },
		{ agent: 1, parents: [0], patches: [[1, 0, 'Y']] }
	];
	for (const endContent of ['aXYb', 'aYXb']) {
		const trace = parseTrace('tie', { kind: 'concurrent', numAgents: 2, endContent, txns });
		expect(rehearse(trace)).toMatchObject({ asPublished: true, text: endContent });
	}
	const wrong = parseTrace('tie', { kind: 'concurrent', numAgents: 2, endContent: 'abXY', txns });
	expect(rehearse(wrong).asPublished).toBe(false);
});

test('an author in two places of history at once is refused', () => {
	const trace = parseTrace('twice', {
		kind: 'concurrent',
		numAgents: 1,
		endContent: '',
		txns: [
			{ agent: 0, parents: [], patches: [[0, 0, 'a']] },
			{ agent: 0, parents: [0], patches: [[1, 0, 'b']] },
			{ agent: 0, parents: [0], patches: [[1, 0, 'c']] }
		]
	});
	expect(() => rehearse(trace)).toThrow('two places of history');
});

test.for([
	[{ txns: [] }, 'endContent'],
	[{ endContent: '', txns: [{ patches: [['x', 0, '']] }] }, 'a patch is'],
	[{ endContent: '', txns: [{ agent: 1, patches: [] }] }, 'author 1 of 1'],
	[{ endContent: '', txns: [{ parents: [3], patches: [] }] }, 'before its parent']
] as const)('a file that is no trace is told apart: %j', ([content, why]) => {
	expect(() => parseTrace('file', content)).toThrow(why);
});

test('a trace that is not there names those that are', () => {
	expect(() => readTrace('no-such-trace')).toThrow('friendsforever');
});

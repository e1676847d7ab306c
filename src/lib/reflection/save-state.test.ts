import { expect, test } from 'vitest';
import { closingLoses, notKept, overNow, saveState, type Facts, type SaveState } from './save-state.ts';

const settled: Facts = {
	mayWrite: true,
	begun: true,
	connected: true,
	restarting: false,
	synced: true,
	unacknowledged: 0,
	unsent: false,
	owed: false,
	kept: true,
	refused: null
};
const why = 'This change is larger than we can keep.';

test.for<[when: string, facts: Partial<Facts>, state: SaveState]>([
	['the page has just come', { begun: false, connected: false, synced: false }, { kind: 'opening' }],
	['the line is open and nothing was exchanged yet', { begun: false, synced: false }, { kind: 'opening' }],
	['somebody types before the first exchange', { begun: false, synced: false, unacknowledged: 1 }, { kind: 'saving' }],
	[
		'somebody types before the line is open',
		{ begun: false, connected: false, synced: false, unsent: true },
		{ kind: 'offline', dirty: true, kept: true }
	],
	['everything is with the server', {}, { kind: 'saved' }],
	['everything is, though this browser keeps nothing', { kept: false }, { kind: 'saved' }],
	['a change is on its way', { unacknowledged: 1 }, { kind: 'saving' }],
	['a change has not left', { unsent: true }, { kind: 'saving' }],
	['the line is back and the two sides still compare', { synced: false }, { kind: 'saving' }],
	['the line is gone', { connected: false, synced: false }, { kind: 'offline', dirty: false, kept: true }],
	[
		'it is gone and words wait',
		{ connected: false, synced: false, unsent: true },
		{ kind: 'offline', dirty: true, kept: true }
	],
	[
		'it went before the answer came',
		{ connected: false, synced: false, unacknowledged: 3 },
		{ kind: 'offline', dirty: true, kept: true }
	],
	[
		'it is gone and nothing keeps the words',
		{ connected: false, synced: false, unsent: true, kept: false },
		{ kind: 'cant-save', reason: notKept, dirty: true }
	],
	[
		'it is gone and the copy has words of an earlier page that nobody took',
		{ connected: false, synced: false, owed: true },
		{ kind: 'offline', dirty: true, kept: true }
	],
	[
		'it is gone, and the copy with such words as well',
		{ connected: false, synced: false, owed: true, kept: false },
		{ kind: 'cant-save', reason: notKept, dirty: true }
	],
	[
		'such words are there before anything else is known',
		{ begun: false, connected: false, synced: false, owed: true },
		{ kind: 'opening' }
	],
	[
		'it is gone, nothing is kept and nothing waits',
		{ connected: false, synced: false, kept: false },
		{ kind: 'offline', dirty: false, kept: false }
	],
	['the server restarts', { connected: false, synced: false, restarting: true }, { kind: 'saving' }],
	[
		'the server restarts and words wait',
		{ connected: false, synced: false, restarting: true, unsent: true },
		{ kind: 'saving' }
	],
	[
		'the server will not have it',
		{ refused: why, connected: false, unsent: true },
		{ kind: 'cant-save', reason: why, dirty: true }
	],
	[
		'the server closed for good, nothing waits',
		{ refused: why, connected: false },
		{ kind: 'cant-save', reason: why, dirty: false }
	],
	['only reading is allowed', { mayWrite: false }, { kind: 'read-only' }],
	[
		'only reading is allowed, before anything',
		{ mayWrite: false, begun: false, connected: false, synced: false },
		{ kind: 'read-only' }
	],
	['only reading is allowed and the server said so', { mayWrite: false, refused: why }, { kind: 'read-only' }],
	[
		'writing ended while words waited here',
		{ mayWrite: false, refused: why, unsent: true },
		{ kind: 'cant-save', reason: why, dirty: true }
	],
	[
		'writing ended while words waited, before the server says why',
		{ mayWrite: false, unsent: true, connected: false },
		{ kind: 'cant-save', reason: overNow, dirty: true }
	]
])('%s', ([, facts, state]) => expect(saveState({ ...settled, ...facts })).toEqual(state));

test('"Saved" needs every one of its conditions', () => {
	const breaks: Partial<Facts>[] = [
		{ connected: false },
		{ synced: false },
		{ connected: false, synced: false, restarting: true },
		{ unacknowledged: 1 },
		{ unsent: true },
		{ refused: why },
		{ mayWrite: false }
	];
	for (const broken of breaks)
		expect(saveState({ ...settled, ...broken }).kind, JSON.stringify(broken)).not.toBe('saved');
});

test('a page holds on only while its words are nowhere else', () => {
	expect(closingLoses({ ...settled, kept: false })).toBe(false);
	expect(closingLoses({ ...settled, kept: true, unsent: true, connected: false })).toBe(false);
	expect(closingLoses({ ...settled, kept: false, unsent: true, connected: false })).toBe(true);
	expect(closingLoses({ ...settled, kept: false, unacknowledged: 1 })).toBe(true);
	expect(closingLoses({ ...settled, kept: false, owed: true })).toBe(true);
	expect(closingLoses({ ...settled, kept: true, owed: true })).toBe(false);
});

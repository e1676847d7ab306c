import { expect, test } from 'vitest';
import { keptFor } from '#lib/reflection/left-here.ts';
import { keyOf } from './kept-keys.ts';
import { allHere, forgetBegun, isOwed, type Kept, keptThere, readKept, unanswered } from './kept-posts.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const form = '01900000-0000-7000-8000-000000000001';
const kept: Kept = {
	form,
	words: 'I count to five.',
	body: null,
	title: '',
	choices: {},
	files: [],
	quote: null,
	at: now - 1_000,
	sent: false
};

test.for<[what: string, found: unknown, holds: boolean]>([
	['as it was left', kept, true],
	['that was sent and not answered', { ...kept, sent: true }, true],
	['of a thread with a title only', { ...kept, words: '', title: 'Hands' }, true],
	['that quotes', { ...kept, quote: { id: form, number: 3, by: 'Luis', text: 'Fingers.' } }, true],
	['with looks', { ...kept, body: { type: 'doc', content: [] } }, true],
	['from fourteen days ago to the moment', { ...kept, at: now - keptFor }, true],
	['from a moment longer ago', { ...kept, at: now - keptFor - 1 }, false],
	['without words or a title', { ...kept, words: ' \n', title: ' ' }, false],
	['without a form', { ...kept, form: undefined }, false],
	['with a form that is none', { ...kept, form: '../../elsewhere' }, false],
	['that quotes nothing that can be quoted', { ...kept, quote: { id: 7 } }, false],
	['without a time', { ...kept, at: 'yesterday' }, false],
	['that is nothing', null, false],
	['that is a number', 7, false]
])('a draft %s: does it hold? %3$s', ([, found, holds]) => {
	expect(readKept(JSON.stringify(found), now) !== null).toBe(holds);
});

test('what can not be read is no draft', () => expect(readKept('{"form":', now)).toBeNull());

/** As a browser has it. */
function storage(entries: Record<string, string>): Storage {
	const all = new Map(Object.entries(entries));
	const methods = {
		getItem: (key: string) => all.get(key) ?? null,
		removeItem: (key: string) => void all.delete(key),
		setItem: (key: string, value: string) => void all.set(key, value)
	};
	return new Proxy(methods, {
		ownKeys: () => [...all.keys()],
		getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true })
	}) as unknown as Storage;
}

test('each is found by its person and place alone, the latest first', () => {
	const other = '01900000-0000-7000-8000-000000000002';
	const there = storage({
		[keyOf('rosa', 'thread 1', form)]: JSON.stringify(kept),
		[keyOf('rosa', 'thread 1', other)]: JSON.stringify({ ...kept, form: other, at: now, words: 'Later.' }),
		[keyOf('rosa', 'thread 12', other)]: JSON.stringify({ ...kept, form: other }),
		[keyOf('luis', 'thread 1', form)]: JSON.stringify(kept),
		'wayfellow/rosa/x': 'a reflection’s'
	});
	expect(keptThere(there, 'rosa', 'thread 1', now).map(({ words }) => words)).toEqual(['Later.', 'I count to five.']);
	expect(keptThere(there, 'noor', 'thread 1', now)).toEqual([]);
});

test('what has been there too long goes with the next look, whoever’s it is, and nothing else does', () => {
	const old = keyOf('luis', 'thread 9', form);
	const there = storage({ [old]: JSON.stringify({ ...kept, at: 0 }), 'wayfellow/luis/x': 'a reflection’s' });
	keptThere(there, 'rosa', 'thread 1', now);
	expect(Object.keys(there)).toEqual(['wayfellow/luis/x']);
});

test('what somebody began can be taken away, and what they sent or others began stays', () => {
	const sent = '01900000-0000-7000-8000-000000000003';
	const now = { ...kept, at: Date.now() };
	const there = storage({
		[keyOf('rosa', 'thread 1', form)]: JSON.stringify(now),
		[keyOf('rosa', 'thread 2', sent)]: JSON.stringify({ ...now, form: sent, sent: true }),
		[keyOf('luis', 'thread 1', form)]: JSON.stringify(now)
	});
	forgetBegun(there, 'rosa');
	expect(Object.keys(there)).toEqual([keyOf('rosa', 'thread 2', sent), keyOf('luis', 'thread 1', form)]);
	expect(unanswered(there, 'rosa').map(({ place, kept }) => [place, kept.form])).toEqual([['thread 2', sent]]);
	expect(unanswered(there, 'luis')).toEqual([]);
});

test('what was not taken stays with why, also when its person signs out, until they have seen it on its page', () => {
	const refused = { ...kept, at: Date.now(), trouble: 'A moderator has closed this thread.' };
	const there = storage({ [keyOf('rosa', 'post 1', form)]: JSON.stringify(refused) });
	forgetBegun(there, 'rosa');
	expect(unanswered(there, 'rosa')).toEqual([]);
	expect(allHere(there, 'rosa')).toEqual([{ place: 'post 1', kept: refused }]);
	expect([isOwed(refused), isOwed(kept), isOwed({ ...kept, sent: true })]).toEqual([true, false, true]);
});

import { expect, test } from 'vitest';
import { readPush } from './push-line.ts';

const id = '01900000-0000-7000-8000-000000000000';
const nothing = { id: null, tag: 'new', path: '/notifications' };

test.for<[what: string, sent: string | null | undefined, read: ReturnType<typeof readPush>]>([
	['a message of ours', JSON.stringify({ id, tag: 'thread:1' }), { id, tag: 'thread:1', path: `/notifications/${id}` }],
	['one about nothing that has a name', JSON.stringify({ id }), { id, tag: id, path: `/notifications/${id}` }],
	['an empty one', '', nothing],
	['none at all', null, nothing],
	['no JSON', 'Rosa replied', nothing],
	['JSON of another kind', '[1]', nothing],
	['null', 'null', nothing],
	['an id that leads elsewhere', JSON.stringify({ id: '../account/data/copy' }), nothing],
	['words that nobody asked for', JSON.stringify({ title: 'Click here', body: 'x' }), nothing]
])('%s', ([, sent, read]) => {
	expect(readPush(sent)).toEqual(read);
});

import { expect, test } from 'vitest';
import { Stream, type Ending } from './stream.server.ts';
import { newsLimits } from './news-limits.ts';

const holder = { personId: 'p', sessionId: 's', threadId: 't' };
const made = (left: (stream: Stream) => void = () => {}, cut?: () => void) => new Stream(holder, 0, left, cut);
const decoder = new TextDecoder();

/** Reads one piece; null when nothing is there, and `end` at the end. */
async function piece(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | null> {
	const read = reader.read().then(({ done, value }) => (done ? 'end' : decoder.decode(value)));
	return Promise.race([read, new Promise<null>((done) => setTimeout(done, 20, null))]);
}

test('it begins with what is so now, and says nothing before rights are known', async () => {
	const stream = made();
	const reader = stream.body.getReader();
	stream.version(3);
	stream.here(2);
	const first = piece(reader);
	stream.welcome(7, 2);
	expect(await first).toBe(
		`retry: ${newsLimits.retryMs}\n\nid: 7\nevent: version\ndata: 7\n\nevent: here\ndata: 2\n\n`
	);
});

test('a version that is not newer is not said', async () => {
	const stream = made();
	const reader = stream.body.getReader();
	stream.welcome(7, 0);
	await piece(reader);
	stream.version(6);
	stream.version(7);
	stream.version(8);
	expect(await piece(reader)).toBe('id: 8\nevent: version\ndata: 8\n\n');
});

test('whoever reads slowly hears the newest, once, however much has happened', async () => {
	const stream = made();
	stream.welcome(1, 1);
	for (let version = 2; version <= 10_000; version++) {
		stream.version(version);
		stream.here(1 + (version % 2));
		stream.notified();
	}
	const reader = stream.body.getReader();
	const heard = [await piece(reader), await piece(reader), await piece(reader)];
	expect(heard[1]).toBe('id: 10000\nevent: version\ndata: 10000\n\nevent: notified\ndata: 9999\n\n');
	expect(heard[2]).toBeNull();
});

test('nothing but what takes nothing is slow', () => {
	const cut = { times: 0 };
	const stream = made(undefined, () => cut.times++);
	stream.welcome(1, 1);
	const far = () => performance.now() + newsLimits.slowMs + 1;
	expect(stream.pass(far())).toBeNull(); // nothing waits
	stream.version(2);
	expect(stream.pass(performance.now())).toBeNull();
	expect(stream.pass(far())).toBe('slow');
	stream.end('slow');
	expect(cut.times).toBe(1);
});

test('it is old after its time', () => {
	const stream = made();
	stream.welcome(1, 1);
	expect(stream.pass(performance.now() + newsLimits.lifetimeMs * 1.5)).toBe('old');
});

const endings: [why: Ending, retryMs: number | undefined, last: string][] = [
	['session', undefined, 'event: ended\ndata: session\n\n'],
	['access', undefined, 'event: ended\ndata: access\n\n'],
	['stopping', 321.4, 'retry: 321\n\n'],
	['over', 60_000, 'retry: 60000\n\n'],
	['old', undefined, 'end']
];
test.for(endings)('ending as %s is said, or is silent', async ([why, retryMs, last]) => {
	const stream = made();
	const reader = stream.body.getReader();
	stream.welcome(1, 1);
	await piece(reader);
	stream.end(why, retryMs);
	stream.version(9);
	expect(await piece(reader)).toBe(last);
});

test('a reader who goes away is told of once', async () => {
	const gone: Stream[] = [];
	const stream = made((one) => gone.push(one));
	stream.welcome(1, 1);
	await stream.body.cancel();
	stream.version(2);
	stream.end('old');
	expect(gone).toEqual([stream]);
});

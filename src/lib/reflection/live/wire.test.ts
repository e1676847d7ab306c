import type { Writable } from 'node:stream';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as ws from 'ws';
import { expect, test } from 'vitest';
import {
	allOnTheWire,
	frameOf,
	joined,
	numberOnTheWire,
	onTheWire,
	partsOnTheWire,
	putVarUint,
	varUintLength
} from './wire.ts';

/** Its types leave this out. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What a WebSocket receiver makes of bytes. */
async function received(wire: Buffer): Promise<Uint8Array[]> {
	const receiver = new Receiver({ isServer: false });
	const messages: Uint8Array[] = [];
	receiver.on('message', (data: Buffer, isBinary: boolean) => {
		expect(isBinary).toBe(true);
		messages.push(new Uint8Array(data));
	});
	await new Promise<void>((done) => receiver.end(wire, () => done()));
	return messages;
}

const bytes = (length: number) => new Uint8Array(length).map((_, i) => i % 251);

test.each([0, 1, 121, 122, 123, 125, 126, 127, 128, 16_383, 16_384, 65_500, 65_535, 65_536, 1_000_000])(
	'a message of %i bytes is read as it was written, alone and among others',
	async (length) => {
		const content = bytes(length);
		expect(await received(onTheWire(content))).toEqual([content]);
		const parts = [bytes(0), content, bytes(3)];
		expect(await received(Buffer.from(joined(partsOnTheWire(0, 1, parts))))).toEqual([frameOf(0, 1, joined(parts))]);
		const contents = [bytes(3), content, bytes(0)];
		expect(await received(allOnTheWire(0, 2, contents))).toEqual(contents.map((each) => frameOf(0, 2, each)));
	}
);

test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER])(
	'the number %i is written as lib0 writes it',
	async (value) => {
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, value);
		const expected = encoding.toUint8Array(encoder);
		expect(varUintLength(value)).toBe(expected.length);
		const written = new Uint8Array(expected.length);
		expect(putVarUint(written, 0, value)).toBe(expected.length);
		expect(written).toEqual(expected);
		const [message] = await received(numberOnTheWire(100, value));
		const decoder = decoding.createDecoder(message!);
		expect([decoding.readVarUint(decoder), decoding.readVarUint(decoder)]).toEqual([100, value]);
	}
);

import { digest as lib0s } from 'lib0/hash/sha256';
import { expect, test } from 'vitest';
import { digest } from './sha256.ts';

test('a name made here is the name that every other client makes', () => {
	let seed = 1;
	const byte = () => (seed = (seed * 48271) % 2147483647) & 255;
	for (let length = 0; length < 300; length++) {
		const data = Uint8Array.from({ length }, byte);
		expect(digest(data), `${length} bytes`).toEqual(new Uint8Array(lib0s(data)));
	}
});

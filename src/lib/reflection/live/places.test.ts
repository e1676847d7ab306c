import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import { Places } from './places.ts';
import { scan } from './scan.ts';

/** One struct of some length in a list of its own name, or garbage. */
function struct(client: number, from: number, length: number, root: string | null): Uint8Array {
	const encoder = encoding.createEncoder();
	for (const n of [1, 1, client, from]) encoding.writeVarUint(encoder, n);
	if (root === null) encoding.writeUint8(encoder, 0);
	else {
		encoding.writeUint8(encoder, 1);
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarString(encoder, root);
	}
	encoding.writeVarUint(encoder, length);
	encoding.writeVarUint(encoder, 0);
	return encoding.toUint8Array(encoder);
}

test('each clock is found in the list it was put in, at once or later, and is forgotten with what was not stored', () => {
	let seed = 7;
	const roll = (sides: number) => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8) % sides;
	for (let run = 0; run < 50; run++) {
		const places = new Places();
		const expected = new Map<number, (string | undefined)[]>([
			[1, []],
			[2, []]
		]);
		for (let step = 0; step < 40; step++) {
			const client = 1 + roll(2);
			const clocks = expected.get(client)!;
			if (roll(8) === 0) {
				clocks.length = roll(clocks.length + 1);
				places.cut(client, clocks.length);
				continue;
			}
			const root = [null, 'text', 'text', 'map'][roll(4)]!;
			const length = 1 + roll(4);
			const update = struct(client, clocks.length, length, root);
			if (roll(2)) places.later(update);
			else places.take(scan(update));
			for (let i = 0; i < length; i++) clocks.push(root ?? undefined);
		}
		for (const [client, clocks] of expected) {
			clocks.forEach((root, clock) => expect(places.at(client, clock)?.root).toBe(root));
			expect(places.at(client, clocks.length)).toBeUndefined();
		}
	}
});

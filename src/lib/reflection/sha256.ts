/**
 * SHA-256 in few bytes, for the browser's script instead of `lib0/hash/sha256`: the binding names marks that may overlap
 * by it, and every client has to come to the same name. Its constants are computed, not written down; `sha256.test.ts`
 * compares it with lib0's.
 */
const rotated = (x: number, by: number) => (x >>> by) | (x << (32 - by));
/** The first 32 bits behind the point. */
const fraction = (x: number) => ((x % 1) * 2 ** 32) | 0;

const start: number[] = [];
const rounds: number[] = [];
for (let n = 2; rounds.length < 64; n++) {
	let divisor = 2;
	while (n % divisor) divisor++;
	if (divisor === n) {
		if (start.length < 8) start.push(fraction(n ** 0.5));
		rounds.push(fraction(Math.cbrt(n)));
	}
}

/** @param data up to half a gigabyte */
export function digest(data: Uint8Array): Uint8Array {
	const words = new Int32Array((((data.length + 8) >> 6) + 1) * 16);
	[...data, 128].forEach((byte, i) => (words[i >> 2]! |= byte << (24 - (i % 4) * 8)));
	words[words.length - 1] = data.length * 8;
	let hash = start;
	for (let block = 0; block < words.length; block += 16) {
		const w = [...words.subarray(block, block + 16)];
		let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number];
		for (let i = 0; i < 64; i++) {
			if (i > 15) {
				const [x, y] = [w[i - 15]!, w[i - 2]!];
				const mixed = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
				w[i] = (mixed + (rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10)) + w[i - 7]! + w[i - 16]!) | 0;
			}
			const one = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i]! + w[i]!;
			const two = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
			[a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
		}
		hash = [a, b, c, d, e, f, g, h].map((x, i) => (x + hash[i]!) | 0);
	}
	return Uint8Array.from({ length: 32 }, (_, i) => hash[i >> 2]! >> (24 - (i % 4) * 8));
}

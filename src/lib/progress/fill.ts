/**
 * Which microcredential fills which slot. Slots of one kind are a place with room for several. Pure.
 *
 * The sets of microcredentials that find a slot each are a transversal matroid (Edmonds and Fulkerson 1965), so taking
 * them in the order of what they cost, each by an augmenting path that may move earlier ones, fills as many slots as
 * can be filled, and for the least in sum. Taking them without moving would be greedy, and wrong.
 */
export type Offered = { item: number; fits: number[] };

/**
 * @param room of each place
 * @param offered in the order in which they are to be used
 * @returns for each place, the positions in `offered` that fill it
 */
export function fill(room: number[], offered: Offered[]): number[][] {
	const filled: number[][] = room.map(() => []);
	let free = room.reduce((sum, n) => sum + n, 0);
	const placeOf = new Int32Array(offered.length).fill(-1);
	const cameBy = new Int32Array(room.length);
	const seen = new Int32Array(room.length).fill(-1);
	// Places that a failed search reached are full and lead nowhere else, and that stays so.
	const closed = new Uint8Array(room.length);
	const queue = new Int32Array(room.length);

	for (let start = 0; start < offered.length && free > 0; start++) {
		let head = 0;
		let tail = 0;
		const reach = (one: number) => {
			for (const place of offered[one]!.fits)
				if (seen[place] !== start && !closed[place]) {
					seen[place] = start;
					cameBy[place] = one;
					queue[tail++] = place;
				}
		};
		reach(start);
		let end = -1;
		while (head < tail) {
			const place = queue[head++]!;
			if (filled[place]!.length < room[place]!) {
				end = place;
				break;
			}
			for (const one of filled[place]!) reach(one);
		}
		if (end < 0) {
			for (let i = 0; i < tail; i++) closed[queue[i]!] = 1;
			continue;
		}
		free--;
		// Back along the path: each one moves over by a place.
		for (let place = end; place >= 0;) {
			const one = cameBy[place]!;
			const before = placeOf[one]!;
			placeOf[one] = place;
			filled[place]!.push(one);
			if (before >= 0) filled[before]!.splice(filled[before]!.indexOf(one), 1);
			place = before;
		}
	}
	return filled;
}

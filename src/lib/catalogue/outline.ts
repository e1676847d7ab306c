/** A framework as an outline, so many items of it at a time. Pure. */

export type OutlineRow = { id: string; parentId: string | null };
export type Branch<Row> = Row & {
	below: Branch<Row>[];
	/** Items below that are not shown here: their own page shows them. */
	hidden: number;
};

export type Outline<Row> = {
	/** From the top level down to what is looked at; empty at the top. */
	path: Row[];
	branches: Branch<Row>[];
	/** Where the next and the one before begin, if not all on the first level fit. */
	next: number | null;
	previous: number | null;
	/** On the first level here. */
	all: number;
};

/**
 * As many whole levels below `at` as fit: a small framework is shown at once, of a large one its beginning, and each
 * branch that was cut says how much is below it.
 * @param rows in outline order; a parent that is not among them is the top level
 * @param at an item, or null for all
 * @param from how many of the first level come before
 * @param most items on a page
 */
export function outlineOf<Row extends OutlineRow>(
	rows: Row[],
	at: string | null,
	from: number,
	most: number
): Outline<Row> {
	const known = new Map(rows.map((row) => [row.id, row]));
	const parentOf = (row: Row) => (row.parentId !== null && known.has(row.parentId) ? row.parentId : null);
	const children = Map.groupBy(rows, parentOf);
	const below = (id: string | null) => children.get(id) ?? [];

	const path: Row[] = [];
	for (let row = at === null ? undefined : known.get(at); row && path.length < rows.length;) {
		path.unshift(row);
		const parent = parentOf(row);
		row = parent === null ? undefined : known.get(parent);
	}

	const first = below(at);
	const begin = from > 0 && from < first.length ? from : 0;
	const shown = first.slice(begin, begin + most);
	const branch = (row: Row): Branch<Row> => ({ ...row, below: [], hidden: 0 });
	const branches = shown.map(branch);
	let level = branches;
	for (let room = most - branches.length; level.length > 0;) {
		const deeper = level.reduce((sum, one) => sum + below(one.id).length, 0);
		if (deeper === 0) break;
		if (deeper > room) {
			for (const one of level) one.hidden = countBelow(one.id, below);
			break;
		}
		for (const one of level) one.below = below(one.id).map(branch);
		level = level.flatMap((one) => one.below);
		room -= deeper;
	}
	return {
		path,
		branches,
		all: first.length,
		next: begin + most < first.length ? begin + most : null,
		previous: begin > 0 ? Math.max(0, begin - most) : null
	};
}

function countBelow(id: string, below: (id: string) => OutlineRow[]): number {
	let count = 0;
	const waiting = [...below(id)];
	for (let row = waiting.pop(); row; row = waiting.pop()) {
		count++;
		waiting.push(...below(row.id));
	}
	return count;
}

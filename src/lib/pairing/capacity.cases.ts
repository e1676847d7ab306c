/** Golden case G6 and its neighbours: `capacity.test.ts` (the function) and `capacity.server.test.ts` (the database) walk through it. */
export const cases: [rule: string, own: number | null, hours: number | null, most: number][] = [
	['texas', null, 6.0, 2],
	['texas', null, 5.9, 4],
	['texas', null, 24, 2],
	['texas', null, 0, 4],
	['texas', null, null, 2],
	['texas', 3, 5.9, 3],
	['texas', 3, 6.0, 2],
	['maryland', null, null, 15],
	['maryland', null, 8, 15],
	['maryland', 10, null, 10],
	['california', null, null, 5],
	['california', 8, null, 8],
	['england', null, 7, 5],
	['default', null, null, 5],
	['default', 9, null, 9],
	['default', 1, 6, 1]
];

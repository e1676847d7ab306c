/** The states of a stone, as the screen says them. Small and apart, because every home carries it to the browser. */

export type StoneState = 'not-started' | 'gathering' | 'in-review' | 'earned';

export const stateWords: Record<StoneState, string> = {
	'not-started': 'Not started',
	gathering: 'Gathering evidence',
	'in-review': 'In review',
	earned: 'Earned'
};

/** The tone of a state's tag; the word in it says the same. */
export const stateTones = {
	'not-started': 'neutral',
	gathering: 'pencil',
	'in-review': 'plum',
	earned: 'spruce'
} as const satisfies Record<StoneState, string>;

/** The states of a stone, as the screen says them. Small and apart, because every home carries it to the browser. */

export type StoneState = 'not-started' | 'gathering' | 'in-review' | 'earned';

export const stateWords: Record<StoneState, string> = {
	'not-started': 'Not started',
	gathering: 'Gathering evidence',
	'in-review': 'In review',
	earned: 'Earned'
};

/** What became of a reflection: the state of the stone that it is for, or that it is only kept to read. */
export type ReflectionState = StoneState | 'paused' | 'kept';

/** @param stone of the microcredential that it answers, when the stack has one */
export function reflectionState(
	access: 'read' | 'write',
	paused: boolean,
	stone: StoneState | undefined
): ReflectionState {
	if (stone === 'earned') return stone;
	if (access === 'read') return paused ? 'paused' : 'kept';
	return stone ?? 'gathering';
}

export const reflectionWords: Record<ReflectionState, string> = {
	...stateWords,
	gathering: 'Draft',
	paused: 'Paused',
	kept: 'Kept, read only'
};

/** The tone of a state's tag; the word in it says the same. */
export const stateTones = {
	'not-started': 'neutral',
	gathering: 'pencil',
	'in-review': 'plum',
	earned: 'spruce'
} as const satisfies Record<StoneState, string>;

export const reflectionTones = { ...stateTones, paused: 'neutral', kept: 'neutral' } as const;

/**
 * A stack is a rule over microcredentials, kept as data so that programs can state theirs without code.
 * This first form says "at least n of the stack's items"; richer rules join this union.
 */
export type StackRule = {
	kind: 'at-least';
	/** How many distinct microcredentials are needed. */
	count: number;
	/** Which fact counts: handed in, or earned. They are different verbs and a rule says which. */
	counts: 'submitted' | 'earned';
};

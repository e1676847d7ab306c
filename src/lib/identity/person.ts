/** A person as everybody else in the code sees them: enough to name them, nothing to reach them by. */
export type Person = {
	id: string;
	/** As the person wants to be called on screen. */
	name: string;
	/** One to three letters or digits for the avatar. */
	initials: string;
};

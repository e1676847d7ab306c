/** What is left of the name of somebody whose account was deleted. Pure; the migration that deletes says the same. */

/** In place of a name everywhere, as the row of a person needs one. */
export const somebodyWhoLeft = 'Somebody who left';

/** How a text names its two: whoever deleted their account is named by what they were. */
export const nameLeft = (name: string, role: 'teacher' | 'mentor') =>
	name === somebodyWhoLeft ? `a former ${role}` : name;

/** How the demo's cast introduces itself, on the sign-in page and in the terminal: who to be in order to see what. */

export type Introduction = { name: string; initials: string; email: string; role: string; find: string };

const person = (name: string, role: string, find: string): Introduction => {
	const [first = '', last = ''] = name.split(' ');
	return { name, initials: first[0]! + last[0]!, email: `${first.toLowerCase()}@wayfellow.example`, role, find };
};

export const introductions: { shows: string; people: Introduction[] }[] = [
	{
		shows: 'Two who write together',
		people: [
			person('Rosa Medina', 'teacher', 'In the middle of a second microcredential, a draft open'),
			person('Idris Okafor', 'mentor', 'Five teachers, one of them Rosa')
		]
	},
	{
		shows: 'Just beginning',
		people: [person('Noor Haddad', 'teacher', 'A brand-new pair with Idris, an empty page')]
	},
	{
		shows: 'After an ending',
		people: [
			person('Ben Whitfield', 'teacher', 'A pair that completed its work: still readable'),
			person('Lena Fischer', 'teacher', 'Matched again, with Idris, after a first pair ended'),
			person('Marta Kowalski', 'mentor', 'The mentor of both ended pairs: one kept, one closed')
		]
	},
	{
		shows: 'Beside the pairs',
		people: [
			person('Claire Dubois', 'coach', '25 pairs in different states of need: dates, never words'),
			person('Pat Morgan', 'program manager', 'The Tennessee program')
		]
	},
	{
		shows: 'From somewhere else, to see what stays closed',
		people: [
			person('Sam Carter', 'teacher', 'Another cohort, with a mentor of his own'),
			person('Grace Njeri', 'mentor', 'Sam’s mentor'),
			person('Wei Chen', 'applicant', 'On the waiting list in Florida, no pair yet')
		]
	}
];

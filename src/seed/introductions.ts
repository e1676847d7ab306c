/** How the demo's cast introduces itself, on the sign-in page and in the terminal: who to be in order to see what. */

/** Their names: the cast takes them from here, so that the sign-in page need not carry the whole cast to know them. */
export const names = {
	rosa: 'Rosa Medina',
	idris: 'Idris Okafor',
	noor: 'Noor Haddad',
	ben: 'Ben Whitfield',
	lena: 'Lena Fischer',
	marta: 'Marta Kowalski',
	claire: 'Claire Dubois',
	pat: 'Pat Morgan',
	sam: 'Sam Carter',
	grace: 'Grace Njeri',
	wei: 'Wei Chen',
	jonah: 'Jonah Price',
	imani: 'Imani Walker',
	elena: 'Elena Russo',
	david: 'David Park',
	helen: 'Helen Strand'
} as const;

export type Introduction = { name: string; initials: string; email: string; role: string; find: string };

const person = (key: keyof typeof names, role: string, find: string): Introduction => {
	const name = names[key];
	const [first = '', last = ''] = name.split(' ');
	return { name, initials: first[0]! + last[0]!, email: `${key}@wayfellow.example`, role, find };
};

export const introductions: { shows: string; people: Introduction[] }[] = [
	{
		shows: 'Two who write together',
		people: [
			person('rosa', 'teacher', 'In the middle of a second microcredential, a draft open'),
			person('idris', 'mentor', 'Five teachers, one of them Rosa')
		]
	},
	{
		shows: 'Just beginning',
		people: [
			person('noor', 'teacher', 'A brand-new pair with Idris, an empty page'),
			person('jonah', 'teacher', 'Here for the first time: three short steps, a stack to choose')
		]
	},
	{
		shows: 'After an ending',
		people: [
			person('ben', 'teacher', 'A pair that completed its work: still readable'),
			person('lena', 'teacher', 'Matched again, with Idris, after a first pair ended'),
			person('marta', 'mentor', 'The mentor of both ended pairs: one kept, one closed')
		]
	},
	{
		shows: 'Beside the pairs',
		people: [
			person('claire', 'coach', '25 pairs in different states of need: dates, never words'),
			person('pat', 'program manager', 'The Tennessee program')
		]
	},
	{
		shows: 'Stacks with other rules',
		people: [
			person('imani', 'teacher', 'A residency with slots: nine of ten handed in'),
			person('david', 'teacher', 'Mineola: seventeen of eighteen, and a year more for it'),
			person('elena', 'teacher', 'Mineola: all eighteen, and what that brought'),
			person('helen', 'program manager', 'The Mineola program, which gave more time')
		]
	},
	{
		shows: 'From somewhere else, to see what stays closed',
		people: [
			person('sam', 'teacher', 'Another cohort: his mentor’s suggestions to decide, a page only he sees'),
			person('grace', 'mentor', 'Sam’s mentor'),
			person('wei', 'applicant', 'On the waiting list in Florida, no pair yet')
		]
	}
];

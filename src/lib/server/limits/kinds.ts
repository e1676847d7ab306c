/** How often somebody may ask, and why so often. Pure; where it is counted stands in `limits.server.ts`. */

export type Limit = {
	/** So many within so many seconds. */
	points: number;
	seconds: number;
	/**
	 * `here`: in the memory of this process, so that a page costs no write. `shared`: by all processes together, in Redis
	 * or Postgres, so that guessing is not easier with more servers.
	 */
	kept: 'here' | 'shared';
	/** What a person is told. The minutes to wait are put behind it. */
	sentence: string;
};

export const limits = {
	/**
	 * Whatever reaches our code from one network; files are sent before it. A school of 800 opens pages in one morning
	 * behind one address: eight pages a minute for each of them, all at once.
	 */
	network: {
		points: 6_000,
		seconds: 60,
		kept: 'here',
		sentence: 'Very much is being asked for from your network at this moment. What you wrote and saved is safe.'
	},
	/** Live connections opened from one network: the same 800 come back after a restart, some of them with two tabs. */
	upgrades: { points: 1_200, seconds: 60, kept: 'here', sentence: '' },
	/** Whatever one person asks for, in all their browsers: ten pages a second is no person. */
	person: {
		points: 600,
		seconds: 60,
		kept: 'here',
		sentence: 'That was very much within a minute. What you wrote and saved is safe.'
	},
	/** Forms that one person sends: five a second, for a minute. Words travel over the live connection and not here. */
	changes: {
		points: 300,
		seconds: 60,
		kept: 'here',
		sentence: 'Those were very many changes within a minute, and this last one was not made.'
	},
	/**
	 * What somebody who is not signed in sends, and everything sent to the sign-in pages: asking for a mail, a code, a link,
	 * a key, an invitation. Whoever gets in is given theirs back, so a school may sign in on one morning. It is counted for
	 * the network and never for the account: a stranger's knocking keeps nobody out of their own.
	 */
	knocks: {
		points: 1_000,
		seconds: 15 * 60,
		kept: 'shared',
		sentence: 'A great many tries to sign in came from your network, so this one was not made.'
	},
	/**
	 * Whole frameworks that one network fetches at CASE's address, signed in or not. The largest are ten
	 * megabytes to pack and send; whoever mirrors a state's thirty frameworks is done within a minute, and asks for each again once it changed.
	 */
	packages: {
		points: 30,
		seconds: 60,
		kept: 'here',
		sentence: 'Very many frameworks were fetched from your network within a minute.'
	},
	/**
	 * Feeds of meetings that one network fetches, signed in or not. Calendar programs in the cloud ask for those of many people
	 * from one address, every hour or so; whoever guesses at addresses has 2^256 to try.
	 */
	feeds: {
		points: 600,
		seconds: 60,
		kept: 'here',
		sentence: 'Very many calendars were fetched from your network within a minute.'
	},
	/** What costs us, or a mailbox, much more than a page: the copy of all that is one's own, and files that are made and read. Invitations and mails are counted by the day, where they are made. */
	costly: {
		points: 60,
		seconds: 60 * 60,
		kept: 'shared',
		sentence: 'You have asked for this many times within an hour, and this last one was not made.'
	}
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/**
 * So many times as much may come where many people stand behind what looks like one: behind the address of this machine or
 * of a private network while nobody has told us which header names the asker (a proxy in front, or a school's own network),
 * and behind each of the cast of a demo, whom anybody can be. Wide limits only.
 */
export const crowd = 10;

/** Doors that are `costly`, as `POST /route/[id]`. A route that is not there fails the suite. */
export const costlyDoors: readonly string[] = [
	'GET /account/data/copy',
	'POST /reflections/[id]/copy/file',
	'POST /reflections/[id]/copy',
	'POST /frameworks/import',
	'POST /cohorts/[id]/files'
];

export type Asked = {
	method: string;
	path: string;
	/** The route's id, null for an address where nothing is. */
	route: string | null;
	/** Whether a person is behind it. */
	signedIn: boolean;
};

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a request counts as, beside what it counts for its network. */
export function countsAs({ method, path, route, signedIn }: Asked): Exclude<LimitName, 'network' | 'upgrades'>[] {
	const changes = !reading.has(method);
	return [
		...(signedIn ? (['person'] as const) : []),
		...(changes && signedIn ? (['changes'] as const) : []),
		...(changes && (!signedIn || path === '/sign-in' || path.startsWith('/sign-in/')) ? (['knocks'] as const) : []),
		...(route === '/ims/case/v1p1/CFPackages/[id]' ? (['packages'] as const) : []),
		...(route === '/calendar/[feed]' ? (['feeds'] as const) : []),
		...(signedIn && costlyDoors.includes(`${method} ${route}`) ? (['costly'] as const) : [])
	];
}

/** "… Please try again in 3 minutes." */
export function sentenceOf(name: LimitName, seconds: number): string {
	const minutes = Math.ceil(seconds / 60);
	return `${limits[name].sentence} Please try again in ${minutes <= 1 ? 'a minute' : `${minutes} minutes`}.`;
}

/** A machine's own address, or one of a private network (RFC 1918, RFC 4193, and link-local ones). */
export function isNear(clientAddress: string): boolean {
	const address = clientAddress.replace(/^::ffff:/i, '').toLowerCase();
	return (
		/^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) ||
		address === '::1' ||
		/^(f[cd][0-9a-f]{2}|fe80):/.test(address)
	);
}

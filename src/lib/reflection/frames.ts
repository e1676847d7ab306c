/**
 * The first number of every message on a live connection. 0 to 3 are y-websocket's; The others are ours and
 * are sent only to clients that ask for them with `?durable=1`, so a stock client never meets a message it does not know.
 */
export const frame = {
	sync: 0,
	awareness: 1,
	auth: 2,
	queryAwareness: 3,
	/** Server to client: how many update frames (sync step 2 and update) sent on this socket the database has, as a varint. */
	durable: 100,
	/**
	 * Server to client: the document is nearly as long as it can be, and how many percent of that it takes, as a varint; 0
	 * when it is shorter again. On entry and when it changes.
	 */
	large: 101
} as const;

/** The second number of a sync message. */
export const sync = { step1: 0, step2: 1, update: 2 } as const;

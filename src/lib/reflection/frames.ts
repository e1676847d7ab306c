/**
 * The first number of every message on a live connection. 0 to 3 are y-websocket's; `durable` is ours and is sent only
 * to clients that ask for it with `?durable=1`, so a stock client never meets a message it does not know.
 */
export const frame = {
	sync: 0,
	awareness: 1,
	auth: 2,
	queryAwareness: 3,
	/** Server to client: how many update frames (sync step 2 and update) sent on this socket the database has, as a varint. */
	durable: 100
} as const;

/** The second number of a sync message. */
export const sync = { step1: 0, step2: 1, update: 2 } as const;

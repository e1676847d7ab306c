/** How often processes talk to each other. */
export const busLimits = {
	/** News to other processes go out together, at most this often: NOTIFY takes a lock that the whole database shares. */
	newsEveryMs: 50,
	/** Processes say that they are there; one that has not been heard three times is gone, and its people with it. */
	heartbeatMs: 5_000
};

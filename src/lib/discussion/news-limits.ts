/** How much of the live part of threads there may be, and how often something happens in it. */
export const newsLimits = {
	/**
	 * Streams of one person in one process: one for each page that they look at, on all their devices, and what is left of
	 * lines that broke. One more ends the oldest, so that nobody is shut out by their own past.
	 */
	streamsPerPerson: 12,
	/** In one thread: a cohort with its mentors is some fifty people, and this is six times as many. */
	streamsPerThread: 300,
	/** In one process, each some 20 KB: beyond, a page shows what is new when it is opened again. */
	streams: 5_000,
	/** Who has been let in already is no part of it: those whose rights are being asked for at this moment. */
	atTheDoor: 1_000,
	/** What changes in this time is told together. */
	tellEveryMs: 50,
	/** Who is here is told at most this often: nobody reads a number faster. */
	hereEveryMs: 250,
	/** Whoever comes back within this time has not left: a reload, a tunnel, a restart of ours. */
	leftAfterMs: 30_000,
	/** Proxies cut a line on which nothing was said for a minute, some after half of one. */
	heartbeatMs: 15_000,
	/** Who has taken nothing for three heartbeats is gone or stuck; coming back costs less than waiting. */
	slowMs: 45_000,
	/** Nobody tells us of a phone that lost its network. A stream ends by itself, and whoever is there comes back. */
	lifetimeMs: 5 * 60_000,
	/** How long a browser waits before it comes back, and as much again by chance. */
	retryMs: 1_500,
	/** The same for somebody who has more pages open than there may be streams: each return ends another. */
	retryOverMs: 60_000,
	/** News can be lost with a connection; after this long everything is asked again. */
	pollMs: 30_000,
	/** While the bus does not work, versions are asked for this often. */
	pollWithoutBusMs: 2_000,
	/** What another process said of who is there, and has not said again in three polls, is old. */
	hereLastsMs: 100_000,
	/** Asked in one query. */
	askedAtOnce: 500,
	/** After a restart those who are sent away come back within this, each at a moment of their own; a few of them sooner. */
	comeBackWithinMs: 2_500,
	comeBackEachMs: 20
};

/**
 * Where the live engine stops, and why there. Over budget mostly means slower, not closed: a limiter that closed shut
 * out an honest person who came back with 1,500 edits made offline.
 */
export const limits = {
	/** Bytes in one frame. A page of text is 3 KB; a week of offline work stays under this, and more comes in several frames. */
	frameBytes: 1024 * 1024,
	/** Fragments of one frame: browsers send one. Each costs memory before the frame is counted. */
	frameFragments: 64,
	/** Updates of one socket that wait for the database before we stop reading from it. */
	waitingUpdates: 256,
	waitingBytes: 1024 * 1024,
	/** What somebody types between coming in and answering what they have: a moment's worth, also while a server starts. */
	earlyUpdates: 256,
	earlyBytes: 64 * 1024,
	/** How long that waits for the answer; by then our own client takes the line for dead as well. */
	answerMs: 15_000,
	/**
	 * Frames a second of one person, over a while and over all their sockets: they type 10, a replay as fast as it goes
	 * sends some thousands. Ten thousand take a quarter of a core.
	 */
	personFramesPerSecond: 10_000,
	/** Bytes of the same, and of the documents that this person asks for: a page of text is 3 KB. */
	personBytesPerSecond: 4 * 1024 * 1024,
	/**
	 * The same of everybody in one document: all of it is stored in one log and sent to all who read. Larger than one
	 * person's, so that one alone never uses it up; less than two persons', so that a pair can't take what two take.
	 */
	documentFramesPerSecond: 15_000,
	documentBytesPerSecond: 6 * 1024 * 1024,
	/** Seconds' worth that may come at once: a return with thousands of edits is one burst. */
	burstSeconds: 4,
	/** Bytes that a socket has not read yet. Beyond, it is cheaper for all to start again from the last state. */
	unsentBytes: 4 * 1024 * 1024,
	/** Answers to sync requests that lie unread: clients ask once, and each can keep a whole state from going. */
	unreadAnswers: 4,
	/** Sockets of one person in one process: tabs, devices and their half-open predecessors. A loop stops here. */
	socketsPerPerson: 256,
	/** Sockets in one document: a pair with many tabs, and a class of readers should there ever be one. */
	socketsPerDocument: 512,
	/** Sockets whose rights are still being asked for, in one process: strangers wait here, so it is bounded. */
	socketsAtTheDoor: 2000,
	/** People asked about in one query: it takes milliseconds, and a list of ids is short. */
	askedAtOnce: 500,
	/** Logs read in one go, and their bytes: rows are made into objects, and all of it is in memory at once. */
	logsAtOnce: 100,
	readBytes: 4 * 1024 * 1024,
	/** Queries of each of the door's three kinds at one time: six of our ten connections, and pages want some too. */
	batchesAtTheDoor: 2,
	/** They begin at least this far apart: who comes alone does not wait, and in a crowd nobody sees ten milliseconds. */
	askEveryMs: 10,
	/** Bytes of one presence message. Stock clients repeat what they know of others, up to a full document's people. */
	presenceBytes: 64 * 1024,
	/** Bytes of one person's cursor: two positions in the document, 150 bytes each in y-prosemirror. */
	cursorBytes: 2048,
	/** Small flags beside the cursor, such as "is typing": how many, and how long their names and values are. */
	flags: 8,
	flagLength: 32,
	/** Who has been here, so that nobody comes back as somebody else: client ids remembered while the document is open. */
	rememberedClients: 1024,
	/**
	 * Presence of everybody goes out together, at most this often: faster than the eye follows a caret. What one socket
	 * says more often is read once in that time: the last of it counts.
	 */
	presenceEveryMs: 50,
	/** Bytes of a document: about a thousand times a long reflection. A browser needs seconds to open more. */
	documentBytes: 16 * 1024 * 1024,
	/** From here on the people who write are told, in time to begin another. */
	documentWarnBytes: 12 * 1024 * 1024,
	/** A batch of the log: large enough to drain a storm, small enough that one commit takes milliseconds. */
	batchUpdates: 2000,
	batchBytes: 4 * 1024 * 1024,
	/**
	 * Batches start at least this far apart. Nobody sees three milliseconds, and under load each commit, which costs the
	 * same whatever is in it, carries more.
	 */
	batchEveryMs: 3,
	/** How long a batch is tried again while the database can't be reached, before its sockets are told. */
	retryMs: 20_000,
	/** Rows of the log that are folded into one state: reading hundreds of small rows is what makes opening slow. */
	foldRows: 1000,
	/** The same in bytes: a replay, or a paste, puts much into few rows. */
	foldBytes: 256 * 1024,
	/** Where rows are small beside the state, folding waits for more of them: it costs as much as the state is long. */
	foldRowsAtMost: 4000,
	/**
	 * Folded rows stay this long in the log. A statement that still believes in an older number must not find that the
	 * rows which would stop it are gone. A row may be this young when it is first seen: 8 s, the longest a statement
	 * takes. One that did not see it may take 8 s more.
	 */
	keepRowsMs: 20_000,
	/** How long folding one document may take, and on how much memory: the largest takes seconds and some hundred MB. */
	foldMs: 60_000,
	foldMegabytes: 1024,
	/** Rows and bytes that move into history in one statement: what a server does in a moment. */
	historyRows: 5000,
	historyBytes: 32 * 1024 * 1024,
	/** Rows by one person less than this apart become one line of history. */
	historyGapMs: 60_000,
	/** While Redis is away other processes' rows are asked for this often. */
	pollWithoutBusMs: 2_000,
	/** News can be lost with a connection; after this long everything is asked again. */
	pollMs: 30_000,
	/** y-websocket gives up on a server that says nothing for 30 s, so everybody hears something before. */
	quietMs: 20_000,
	/** A socket that has answered nothing for so long is gone, whatever TCP believes. */
	deadMs: 75_000,
	/**
	 * Whoever is away for this long has left: what they had seen is noted, so that they can be shown what is new. A reload, a
	 * tunnel or a restart of ours is no leaving.
	 */
	leftAfterMs: 5 * 60_000,
	/** Those who left are looked through this often. */
	lookThroughMs: 60_000,
	/** How long a shutdown waits for the last batch: with closing and the rest of the process ten seconds in all. */
	drainMs: 4000,
	/** How long somebody who is sent away has to read why; whoever has not by then would not in ten seconds either. */
	goodbyeMs: 1000,
	/** Those who are sent away come back within this, each at a moment of its own, so that the next server is not stormed. */
	comeBackWithinMs: 2500,
	/** With few of them sooner: this much for each. */
	comeBackEachMs: 20
};

export type Limits = typeof limits;

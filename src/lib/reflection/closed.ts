/**
 * Why the server closes a live connection: one number and one sentence each. y-websocket gives up on 4400 to 4499 and
 * tries again on every other code, so a reason's number also says whether coming back can help.
 */
export const closed = {
	/** Coming back can't help: the page has to say so. */
	notUnderstood: [4400, 'The server could not read what was sent.'],
	notSignedIn: [4401, 'You are not signed in any more.'],
	notYours: [4403, 'This reflection is not yours to open.'],
	notYourClient: [4409, 'These changes carry the id of somebody else.'],
	tooLarge: [4413, 'This change or this reflection is larger than we can keep.'],
	/** Coming back through the same door decides anew. */
	accessChanged: [4503, 'What you may do here has changed.'],
	tooSlow: [4508, 'Too much was waiting to be read; start again from the last state.'],
	resync: [4509, 'Something is missing in between; start again from the last state.'],
	tryLater: [1013, 'The server can not do this now.'],
	goingAway: [1012, 'The server is restarting.']
} as const satisfies Record<string, readonly [code: number, sentence: string]>;

/** The reason of `goingAway` with the moment at which this client should be back, so that not all come at once. */
export const goingAwayFor = (seconds: number) =>
	[closed.goingAway[0], `${closed.goingAway[1]} Come back in ${seconds.toFixed(1)} s.`] as const;

/** The milliseconds after which a reason asks us back; 0 when it names no moment. */
export const comeBackAfter = (reason: string) => Number(/ back in (\d+(\.\d+)?) s/.exec(reason)?.[1] ?? 0) * 1000;

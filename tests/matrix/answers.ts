/**
 * The matrix: what each door answers to whom, by how they stand to a pair and by where the pair stands in its life. A door
 * without a line here fails the suite. What must not be found in an answer needs no line: it follows from
 * `tests/worlds/model.ts`, for every answer.
 */
import { accountLines } from './answers/accounts.ts';
import { type Answer, everybody, type Line, type State } from './answers/by-who.ts';
import { catalogueLines } from './answers/catalogue.ts';
import { meetingLines } from './answers/meetings.ts';
import { notificationLines } from './answers/notifications.ts';
import { pairAndProgramLines } from './answers/pairs-and-programs.ts';
import { talkingLines } from './answers/talking.ts';
import type { Who } from './world.ts';

export type { Line, State } from './answers/by-who.ts';

/** Room by room. They are asked in this order: some lines stand on what those before them left. */
export const lines: Record<string, Line> = {
	...meetingLines,
	...notificationLines,
	...pairAndProgramLines,
	...accountLines,
	...catalogueLines,
	...talkingLines,
	// For whoever runs the server; none of them looks at a session.
	'GET /metrics': { at: '/metrics', answers: everybody(401) },
	'POST /mail/bounces': { at: '/mail/bounces', sent: {}, answers: everybody(401) },
	'GET /livez': { at: '/livez', answers: everybody(200) },
	'GET /readyz': { at: '/readyz', answers: everybody(200) },
	'GET /healthz': { at: '/healthz', answers: everybody(200) }
};

/** What the matrix says. */
export function answerTo(line: Line, who: Who, state: State): Answer {
	const said = line.answers[who] ?? line.answers.else;
	return typeof said === 'object' ? said[state] : said;
}

/** What is to be added, or taken out, so that every door has its line. */
export function missing(doors: string[], known: string[] = Object.keys(lines)): string[] {
	return [
		...doors
			.filter((door) => !known.includes(door))
			.map((door) => `Say in tests/matrix/answers/ what “${door}” answers to whom.`),
		...known
			.filter((door) => !doors.includes(door))
			.map((door) => `“${door}” is gone; take its line out of tests/matrix/answers/.`)
	];
}

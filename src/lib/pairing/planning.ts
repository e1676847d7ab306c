/** From people and rules to a plan: costs, the best assignment, and what collides. */
import { type Asked, collisionsOf, costsOf } from './matching.ts';
import { solve } from './solving.ts';

export type Planned = {
	pairs: { teacherId: string; mentorId: string | null }[];
	worth: number;
	bound: number;
	collisions: string[];
};

/** Up to here the best there is; beyond it what is proven to be within 1 % of it. */
const exactly = 1000;

export async function plan(asked: Asked): Promise<Planned> {
	const costs = costsOf(asked);
	const { mentorOf, worth, bound } = await solve(costs, { near: asked.teachers.length <= exactly ? 0 : 0.01 });
	return {
		pairs: asked.teachers.map(({ id }, t) => ({
			teacherId: id,
			mentorId: mentorOf[t] === undefined || mentorOf[t] < 0 ? null : asked.mentors[mentorOf[t]]!.id
		})),
		worth,
		bound,
		collisions: collisionsOf(asked, costs, mentorOf).map(({ sentence }) => sentence)
	};
}

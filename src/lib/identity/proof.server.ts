/**
 * Asking for the passkey where more is at stake than one's own words. The rule is `isProven` in `policy.ts`; this is
 * the one place that applies it. Verbs call `demandProof`, routes `requirePasskey` or `orProve`.
 */
import { redirect } from '@sveltejs/kit';
import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import type { Person } from './person.ts';
import { asksForPasskey, isProven, type Need, type Proof } from './policy.ts';
import { roles } from './schema.server.ts';
import { signedIn } from './signed-in.server.ts';

type Asking = Parameters<typeof signedIn>[0] & { session: Proof | null };

/** Whether this person holds, at this moment, a role that asks for a passkey. */
export async function mustProve(tx: Tx, personId: string): Promise<boolean> {
	const held = await tx
		.selectDistinct({ role: roles.role })
		.from(roles)
		.where(
			and(
				eq(roles.personId, personId),
				lte(roles.fromAt, sql`now()`),
				or(isNull(roles.untilAt), gt(roles.untilAt, sql`now()`))
			)
		);
	return held.some(({ role }) => asksForPasskey(role));
}

/**
 * For verbs, where it is known that what is asked needs a passkey.
 * @param proof `locals.session`
 * @throws Refusal unproven
 */
export function demandProof(proof: Proof | null, need: Need, now = new Date()): void {
	if (isProven(proof, need, now)) return;
	throw new Refusal(
		'unproven',
		need === 'export'
			? 'Taking other people’s data out needs your passkey, used within the last 15 minutes. Nothing has left. Please use your passkey and come back.'
			: 'What managers and assessors do needs a passkey. Nothing has changed. Please use or set up your passkey and come back.'
	);
}

const proveAt = (here: string) => `/account/prove?next=${encodeURIComponent(here)}`;

/**
 * For routes that nobody without a passkey should get through: answers with the person asking, or leads to the page that
 * asks for the passkey and back here. For `role`, whoever holds no role that asks for one passes: the verb will say what
 * they may not.
 */
export async function requirePasskey(
	locals: Asking,
	db: Database,
	need: Need = 'role',
	now = new Date()
): Promise<Person> {
	const person = signedIn(locals);
	if (isProven(locals.session, need, now)) return person;
	if (need === 'role' && !(await db.asPerson(person.id, (tx) => mustProve(tx, person.id)))) return person;
	redirect(303, proveAt(locals.here));
}

/** For routes whose verb finds out by itself: leads whoever was refused for want of a passkey to it, and back here. */
export async function orProve<T>({ here }: Pick<Asking, 'here'>, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof Refusal && error.reason === 'unproven') redirect(303, proveAt(here));
		throw error;
	}
}

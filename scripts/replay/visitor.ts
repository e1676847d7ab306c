/** A person at the product's own door: signs in, sends forms and opens pages as a browser would, with a cookie. */
import { setTimeout as wait } from 'node:timers/promises';

export type Visitor = {
	base: string;
	email: string;
	/** What the Cookie header says. */
	cookie: string;
};

/** A server that does not answer for so long is reported, not waited for. */
const patienceMs = 30_000;

/**
 * Signs in through the door for demos.
 * @throws Error in a sentence when the server does not let the person in
 */
export async function signIn(base: string, email: string): Promise<Visitor> {
	const response = await send({ base, email, cookie: '' }, '/sign-in/demo', { email });
	const cookie = response.headers
		.getSetCookie()
		.map((line) => line.split(';')[0]!)
		.join('; ');
	if (response.status !== 303 || !cookie) {
		const why = response.status === 404 ? ' (demo sign-in is off: start the server with DEMO=1)' : '';
		throw new Error(`${base} did not sign ${email} in: POST /sign-in/demo answered ${response.status}${why}.`);
	}
	return { base, email, cookie };
}

/** Sends a form as a browser would, and does not follow where it leads. */
export function send(visitor: Visitor, path: string, form: Record<string, string>): Promise<Response> {
	return ask(visitor, path, {
		method: 'POST',
		headers: { origin: new URL(visitor.base).origin, cookie: visitor.cookie, accept: 'text/html' },
		body: new URLSearchParams(form)
	});
}

export function get(visitor: Visitor, path: string): Promise<Response> {
	return ask(visitor, path, { headers: { cookie: visitor.cookie, accept: 'text/html' } });
}

/** Asks again while nobody answers at all: somebody may be restarting the server at this moment. */
async function ask({ base }: Visitor, path: string, how: RequestInit): Promise<Response> {
	for (const end = performance.now() + patienceMs; ; await wait(300)) {
		try {
			return await fetch(base + path, { ...how, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) });
		} catch (error) {
			if (performance.now() < end && error instanceof TypeError) continue; // what fetch says when a connection fails
			const why =
				error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
			throw new Error(`${base} does not answer: ${why}.`, { cause: error });
		}
	}
}

const id = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/**
 * Starts a reflection in the pair of two people, with the form that their pair's page shows.
 * @returns the new reflection's id
 * @throws Error in a sentence when they share no pair in which the first may start one
 */
export async function startReflection(first: Visitor, second: Visitor, title: string): Promise<string> {
	const seen = await Promise.all([first, second].map(pairsOnHome));
	const shared = seen[0]!.filter((pair) => seen[1]!.includes(pair));
	for (const pair of shared) {
		const page = await get(first, `/pairs/${pair}`);
		const microcredential = page.ok ? offered(await page.text()) : undefined;
		if (!microcredential) continue;
		const answer = await send(first, `/pairs/${pair}?/startReflection`, {
			microcredentialVersionId: microcredential,
			title,
			// Asked for where another one is in work, and not read elsewhere.
			why: 'fits-class'
		});
		const started = new RegExp(`/reflections/(${id})`).exec(answer.headers.get('location') ?? '')?.[1];
		if (!started)
			throw new Error(`Starting a reflection in pair ${pair} answered ${answer.status}, not a new reflection.`);
		return started;
	}
	throw new Error(`${first.email} and ${second.email} share no pair in which a reflection can be started.`);
}

async function pairsOnHome(visitor: Visitor): Promise<string[]> {
	const response = await get(visitor, '/');
	const page = await response.text();
	return [...new Set([...page.matchAll(new RegExp(`/pairs/(${id})`, 'g'))].map((match) => match[1]!))];
}

/** The first microcredential that the form for a new reflection offers, as a choice in a list or as a field. */
function offered(page: string): string | undefined {
	const form = /<form[^>]*startReflection[\s\S]*?<\/form>/.exec(page)?.[0] ?? '';
	for (const [tag] of form.matchAll(/<(?:input|option|button)\b[^>]*>/g)) {
		const name = / name="([^"]*)"/.exec(tag)?.[1] ?? 'microcredentialVersionId';
		const value = new RegExp(` value="(${id})"`).exec(tag)?.[1];
		if (name === 'microcredentialVersionId' && value) return value;
	}
	return undefined;
}

/**
 * npm run rooms -- --base http://localhost:5173 --count 10
 *
 * Opens rooms on a running demo, on whatever database it stands, for any y-websocket client: one line of JSON per room
 * on stdout, with the socket's address and the two cookies that open it. The server makes them, since an embedded
 * database lets no second process in.
 */
import { parseArgs } from 'node:util';
import { mostRooms } from '../src/seed/rooms.server.ts';
import { saying } from './saying.ts';

const usage = `npm run rooms -- [options]
  --base URL    a running server in demo mode (http://localhost:5173)
  --count N     how many rooms, 1 to 10,000 (1)`;
const mostAtAll = 10_000;
/** A server that does not answer for so long is reported, not waited for. The first page of `npm run dev` takes a while. */
const patienceMs = 60_000;

type Answer = { room: string; teacherCookie: string; mentorCookie: string };

await saying(async () => {
	const { base, count } = readArguments();
	if (!base) return console.log(usage);
	for (let left = count; left > 0; left -= mostRooms)
		for (const { room, ...cookies } of await ask(base, Math.min(left, mostRooms)))
			console.log(JSON.stringify({ room, url: `${base.replace(/^http/, 'ws')}/live/${room}`, ...cookies }));
});

function readArguments(): { base: string | null; count: number } {
	try {
		const { values } = parseArgs({
			options: {
				base: { type: 'string', default: 'http://localhost:5173' },
				count: { type: 'string', default: '1' },
				help: { type: 'boolean', default: false }
			}
		});
		const url = URL.parse(values.base);
		if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`--base ${values.base} is not an address.`);
		const count = /^\d{1,6}$/.test(values.count) ? Number(values.count) : NaN;
		if (!(count >= 1 && count <= mostAtAll))
			throw new Error(`--count takes a whole number from 1 to ${mostAtAll.toLocaleString('en')}.`);
		return { base: values.help ? null : url.origin, count };
	} catch (error) {
		throw new Error(`${(error as Error).message}\n${usage}`, { cause: error });
	}
}

/** @throws Error in a sentence when there is no such server, or it is no demo */
async function ask(base: string, count: number): Promise<Answer[]> {
	let response;
	try {
		response = await fetch(`${base}/demo/rooms`, {
			method: 'POST',
			headers: { accept: 'application/json' },
			body: new URLSearchParams({ count: String(count) }),
			redirect: 'manual',
			signal: AbortSignal.timeout(patienceMs)
		});
	} catch (error) {
		const why = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
		throw new Error(`${base} does not answer: ${why || 'nobody listens there'}.`, { cause: error });
	}
	if (response.ok) return (await response.json()) as Answer[];
	if (response.status === 404) throw new Error(`${base} opens no rooms: start the server with DEMO=1.`);
	const said = (await response.json().catch(() => null)) as { message?: string } | null;
	throw new Error(
		`${base} opened no rooms; it answered ${response.status}${said?.message ? `: ${said.message}` : '.'}`
	);
}

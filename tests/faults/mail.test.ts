/** The courier killed at any moment, again and again, while mails are queued: none is lost that somebody waits for, none comes twice. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openEmbedded } from '#lib/server/embedded.ts';
import { migrate } from '#lib/server/migrate.ts';
import { openDatabase } from '#lib/server/open-database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { Random } from '../fuzz/random.ts';
import { serverDatabase } from '../with-database.ts';
import { amount, minutes, tell } from './form.ts';

const root = join(import.meta.dirname, '../..');

/** Where in a mail's way a kill falls; `anywhere` by the clock, the others on the point. */
const moments = ['anywhere', 'before its data', 'on the dot', 'on the answer'] as const;
type Moment = (typeof moments)[number];

/** A real SMTP server that counts what it took, is slow at times, says "later" at times, and dies at times. */
async function sink(random: Random) {
	const took = new Map<string, number>();
	const reached = { at: 'anywhere' as Moment, then: () => {} };
	const pass = (at: Moment) => {
		if (reached.at === at) reached.then();
	};
	const server = createServer((socket: Socket) => {
		let data: string | null = null;
		let rest = '';
		socket.setEncoding('latin1').on('error', () => {});
		const say = (text: string) =>
			void setTimeout(() => socket.write(`${text}\r\n`), random.int(4) === 0 ? random.int(20) : 0);
		socket.write('220 sink\r\n');
		socket.on('data', (piece: string) => {
			rest += piece;
			for (let end; (end = rest.indexOf('\r\n')) >= 0; rest = rest.slice(end + 2)) {
				const line = rest.slice(0, end);
				if (data !== null && line !== '.') data += `${line}\n`;
				else if (data !== null) {
					const id = /^Message-ID: <(.+)@wayfellow>$/m.exec(data)![1]!;
					data = null;
					const luck = random.int(40);
					if (luck === 0) {
						say('451 4.3.0 later');
						continue;
					}
					// From here on it is ours to deliver, whether or not they ever hear of it.
					took.set(id, (took.get(id) ?? 0) + 1);
					pass('on the dot');
					if (luck === 1) socket.destroy();
					else {
						say('250 taken');
						pass('on the answer');
					}
				} else if (/^DATA/i.test(line)) {
					data = '';
					pass('before its data');
					say('354 go on');
				} else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
				else say('250 ok');
			}
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	return { took, reached, url: `smtp://127.0.0.1:${port}`, close: () => server.close() };
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A minute of the courier's takes so many times less. */
const faster = 100;

async function storm(address: string, kills: number, seed: number) {
	const random = new Random(seed);
	const server = await sink(random);
	const began = Date.now();
	const promised = new Set<string>();
	async function start(drain = false): Promise<ChildProcess & { settled: Promise<void> }> {
		const child = spawn(process.execPath, ['tests/mail-process.ts', address, server.url, ...(drain ? ['drain'] : [])], {
			cwd: root,
			env: { ...process.env, BEGAN: String(began), FASTER: String(faster) },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		running.add(child);
		child.once('exit', () => running.delete(child));
		let said = '';
		let complained = '';
		child.stderr!.setEncoding('utf8').on('data', (text: string) => (complained += text));
		const heard = new Map<string, () => void>();
		const told = (word: string) =>
			new Promise<void>((done, fail) => {
				child.once('exit', () => fail(new Error(`It ended before it was ${word}:\n${complained}`)));
				heard.set(word, done);
			});
		const [ready, settled] = [told('ready'), told('settled')];
		settled.catch(() => {}); // only the last one comes that far
		child.stdout!.setEncoding('utf8').on('data', (text: string) => {
			said += text;
			for (let end; (end = said.indexOf('\n')) >= 0; said = said.slice(end + 1)) {
				const line = said.slice(0, end);
				heard.get(line)?.();
				const id = /^queued (\S+)$/.exec(line)?.[1];
				if (id) promised.add(id);
			}
		});
		await ready;
		return Object.assign(child, { settled });
	}
	try {
		for (let kill = 0; kill < kills; kill++) {
			const child = await start();
			const gone = once(child, 'exit');
			const at = moments[kill % moments.length]!;
			await wait(100 + random.int(1_000));
			if (at === 'anywhere') child.kill('SIGKILL');
			else {
				server.reached.then = () => child.kill('SIGKILL');
				server.reached.at = at;
			}
			await gone;
			server.reached.at = 'anywhere';
			server.reached.then = () => {};
		}
		// Left alone, it says of every mail how it ended.
		const last = await start(true);
		const gone = once(last, 'exit');
		await last.settled;
		last.kill('SIGTERM');
		await gone;
		const db = await openDatabase({
			DATABASE_URL: /^postgres/.test(address) ? address : undefined,
			MIGRATION_DATABASE_URL: undefined,
			DATA_DIR: address
		});
		try {
			const rows = await db.asService((tx) => tx.select().from(mailMessages));
			return { rows, took: server.took, promised };
		} finally {
			await db.close();
		}
	} finally {
		for (const child of running) child.kill('SIGKILL');
		server.close();
	}
}

function judge({ rows, took, promised }: Awaited<ReturnType<typeof storm>>, seed: number) {
	const known = new Map(rows.map((row) => [row.id, row]));
	const wrong: string[] = [];
	for (const id of promised) if (!known.has(id)) wrong.push(`${id} was promised, and there is no such mail`);
	for (const id of took.keys()) if (!known.has(id)) wrong.push(`${id} was sent, and nobody promised it`);
	const counts = { awaited: 0, told: 0, unknown: 0, lost: 0, twice: 0 };
	for (const { id, again, sentAt, failedAt, failure, attempts } of rows) {
		const often = took.get(id) ?? 0;
		const is = `${id} (${again ? 'awaited' : 'told'}, ${attempts} tries, ${failure ?? 'no failure'}, taken ${often} times)`;
		if (!sentAt === !failedAt) wrong.push(`${is} is neither sent nor failed`);
		if (sentAt && often === 0) wrong.push(`${is} is called sent`);
		if (again) {
			counts.awaited++;
			if (often === 0) wrong.push(`${is} never came`);
			if (often > 1) counts.twice++;
		} else {
			counts.told++;
			if (often > 1) wrong.push(`${is} came more than once`);
			if (failedAt && failure !== 'unknown') wrong.push(`${is} did not have to fail`);
			if (failure === 'unknown') counts.unknown++;
			if (failure === 'unknown' && often === 0) counts.lost++;
		}
	}
	expect(wrong, `seed ${seed}`).toEqual([]);
	expect(counts.awaited, `seed ${seed}`).toBeGreaterThan(0);
	expect(counts.told, `seed ${seed}`).toBeGreaterThan(0);
	return counts;
}

const seedOf = () => Number(process.env.SEED) || randomInt(1, 2 ** 31);
const figures = (where: string, kills: number, counts: ReturnType<typeof judge>, seed: number) =>
	tell(
		`Mail, ${where}: ${kills} kills; ${counts.awaited} that somebody waits for all came (${counts.twice} of them twice), of ${counts.told} others none came twice and ${counts.unknown} are called not known (${counts.lost} of them never left). Seed ${seed}.`
	);

test(
	'killed at any moment over a Postgres server, no mail is sent twice and none that somebody waits for is lost',
	{ timeout: minutes(4, 30) },
	async () => {
		const db = await serverDatabase();
		const [kills, seed] = [amount(6, 200), seedOf()];
		try {
			figures('Postgres', kills, judge(await storm(db.url, kills, seed), seed), seed);
		} finally {
			await db.close();
		}
	}
);

test('and the same over the embedded database', { timeout: minutes(4, 30) }, async () => {
	const folder = mkdtempSync(join(tmpdir(), 'wayfellow-mail-'));
	const [kills, seed] = [amount(2, 60), seedOf()];
	try {
		const db = await openEmbedded(folder);
		await migrate(db, { folder: join(root, 'supabase/migrations') });
		await db.close();
		figures('embedded', kills, judge(await storm(folder, kills, seed), seed), seed);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

/** `npm run dev`, as a newcomer starts it: pages and live connections out of one copy of every module. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replay } from '../../scripts/replay/run.ts';
import { rehearse } from '../../scripts/replay/rehearsal.ts';
import { readTrace } from '../../scripts/replay/trace.ts';
import { cast } from '../../src/seed/cast.ts';
import { freePort } from '../product.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'wayfellow-dev-'));
let server: ChildProcess;
let base: string;
let printed = '';

beforeAll(async () => {
	const port = await freePort();
	base = `http://localhost:${port}`;
	server = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'dev', '--port', String(port)], {
		cwd: join(import.meta.dirname, '../..'),
		env: {
			...process.env,
			NODE_ENV: undefined,
			VITEST: undefined,
			DATABASE_URL: undefined,
			MIGRATION_DATABASE_URL: undefined,
			ORIGIN: undefined,
			DATA_DIR: join(dataDir, 'data')
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	for (const stream of [server.stdout!, server.stderr!]) stream.on('data', (text) => (printed += text));
	const end = Date.now() + 200_000;
	while (!(await answers())) {
		if (server.exitCode !== null || Date.now() > end) throw new Error(`vite dev does not answer:\n${printed}`);
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
});
afterAll(async () => {
	if (server && server.exitCode === null) {
		const gone = once(server, 'exit');
		server.kill('SIGKILL');
		await gone;
	}
	rmSync(dataDir, { recursive: true, force: true });
});

const answers = async () => {
	try {
		return (await fetch(`${base}/sign-in`, { signal: AbortSignal.timeout(10_000) })).ok;
	} catch {
		return false;
	}
};

test('a page answers, and the terminal says who can sign in', async () => {
	expect(await (await fetch(`${base}/sign-in`)).text()).toContain(cast.people.rosa.name);
	expect(printed).toContain(cast.people.rosa.name);
});

test('words travel and stay over the live connection, through the same modules as the page', async () => {
	// Two copies of the database module would open the folder twice, and its lock would refuse the second.
	const outcome = await replay(rehearse(readTrace('friendsforever'), 300), {
		base,
		people: [cast.people.rosa.email, cast.people.idris.email]
	});
	expect(outcome.edits).toBe(300);
});

test('rooms for other clients are opened by the running server', async () => {
	const response = await fetch(`${base}/demo/rooms`, { method: 'POST', body: new URLSearchParams({ count: '2' }) });
	expect(response.status).toBe(200);
	const rooms = (await response.json()) as { room: string; teacherCookie: string; mentorCookie: string }[];
	expect(rooms).toHaveLength(2);
	expect(rooms[0]).toMatchObject({ teacherCookie: expect.stringMatching(/^session=/) as string });
});

/** Several servers start at the same moment on one database: every file is applied once, and all of them come up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { alone, ask, freshDatabase } from '../postgres-server.ts';

const root = join(import.meta.dirname, '../..');

test('three starts at once migrate once', { timeout: 120_000 }, async () => {
	const { url, drop } = await freshDatabase();
	try {
		const starts = await alone(() =>
			Promise.all(
				[1, 2, 3].map(async () => {
					const child = spawn(process.execPath, ['scripts/migrate.ts'], {
						cwd: root,
						env: { ...process.env, DATABASE_URL: url, MIGRATION_DATABASE_URL: '' },
						stdio: ['ignore', 'pipe', 'pipe']
					});
					let said = '';
					for (const stream of [child.stdout, child.stderr])
						stream.setEncoding('utf8').on('data', (text: string) => (said += text));
					const [code] = await once(child, 'close');
					return { code, said };
				})
			)
		);
		expect(
			starts.map(({ code }) => code),
			starts.map(({ said }) => said).join('\n')
		).toEqual([0, 0, 0]);
		const applied = starts.flatMap(({ said }) => [...said.matchAll(/^Applied (.*)$/gm)].map(([, file]) => file));
		expect(applied.sort()).toEqual(
			readdirSync(join(root, 'supabase/migrations'))
				.filter((file) => file.endsWith('.sql'))
				.sort()
		);

		const client = new pg.Client({ connectionString: url });
		await client.connect();
		const { rows } = await client.query('select count(*)::int as count from supabase_migrations.schema_migrations');
		await client.end();
		expect(rows).toEqual([{ count: applied.length }]);
	} finally {
		await drop();
	}
});

test('an owner who is no superuser can migrate, as on Supabase', { timeout: 60_000 }, async () => {
	const { url, drop } = await freshDatabase();
	const owner = `owner_${new URL(url).pathname.slice(-6)}`;
	try {
		await ask(url, `create role ${owner} login createrole`);
		await ask(url, `alter database ${new URL(url).pathname.slice(1)} owner to ${owner}`);
		await ask(url, `alter schema public owner to ${owner}`);
		const address = new URL(url);
		address.username = owner;
		await alone(async () => {
			// What a project brings, or an administrator makes: on 15 whoever may create roles may grant them too.
			const child = spawn(process.execPath, ['scripts/migrate.ts'], {
				cwd: root,
				env: { ...process.env, DATABASE_URL: address.href, MIGRATION_DATABASE_URL: '' },
				stdio: ['ignore', 'pipe', 'pipe']
			});
			let said = '';
			for (const stream of [child.stdout, child.stderr])
				stream.setEncoding('utf8').on('data', (text: string) => (said += text));
			const [code] = await once(child, 'close');
			expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('The database is up to date.') });
		});
	} finally {
		await drop();
		await ask(url.replace(/\/[^/]*$/, '/postgres'), `drop role if exists ${owner}`);
	}
});

/** Hocuspocus with its own defaults, storing in Postgres as its manual shows: `node hocuspocus.mjs <database url>`. */
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.argv[2] });
pool.on('error', () => {});
await pool.query('create table if not exists documents (name text primary key, data bytea not null)');

const server = new Server({
	address: '127.0.0.1',
	port: 0,
	quiet: true,
	extensions: [
		new Database({
			fetch: async ({ documentName }) => {
				const { rows } = await pool.query('select data from documents where name = $1', [documentName]);
				return rows[0]?.data ?? null;
			},
			store: async ({ documentName, state }) => {
				await pool.query(
					'insert into documents (name, data) values ($1, $2) on conflict (name) do update set data = excluded.data',
					[documentName, state]
				);
			}
		})
	]
});
await server.listen();
console.log(`port ${server.address.port}`);

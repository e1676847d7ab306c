/**
 * A Postgres server: our own, or a Supabase project. Driver `pg`, because it survives a backend that dies (the other
 * candidate takes the process with it); the price is that every client needs an error listener of its own.
 *
 * Whatever DATABASE_URL logs in as, requests run as a role that owns nothing: `app_login` itself, or an owner that
 * steps down to it on every connection.
 */
import { NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres';
import { PgDialect } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { Database, Tx } from './database.ts';
import { behindMended } from './postgres-version.ts';
import { type Listener, listenOn } from './postgres-listener.ts';
import { sessionOn } from './postgres-session.ts';

/** PostgreSQL 15 is the oldest we test on; Supabase's oldest too. */
const oldestServer = 15;

/** Per app server. More connections made no difference on few cores, and a small database allows about 60 in all. */
const connections = 10;
/** A second one, so that a seed or a test may ask as owner while another such transaction waits. */
const ownerConnections = 2;
const idleTimeoutMillis = 30_000;
/** Long enough for a restart of the server, short enough that a person still sits there. */
const connectionTimeoutMillis = 5_000;
/** Half an hour: connections move to the new server after a failover or a changed address. */
const maxLifetimeSeconds = 1_800;
/** A request's statement takes milliseconds; one that takes this long is lost and holds locks. */
const statementTimeoutMs = 8_000;
/** The server ends such a statement itself. Where even its refusal does not arrive, the line is dead: a firewall forgot it. */
const answerTimeoutMs = statementTimeoutMs + 2_000;
/** Between two statements of a transaction nothing is awaited but the database. */
const idleInTransactionTimeoutMs = 10_000;

/**
 * Opens pools to a server. Requests use `url`; migrations, seeds, LISTEN and service
 * sessions use `ownerUrl`, which should reach the server directly: a transaction pooler forgets what is set on it.
 * @throws Error with a sentence when the server can't be reached or is too old
 */
export async function openPostgres(url: string, ownerUrl: string = url): Promise<Database> {
	const pool = openPool(url, connections, stepDown, answerTimeoutMs);
	const owners = openPool(ownerUrl, ownerConnections);
	let listener: Listener | undefined;
	try {
		await checkServer(owners, ownerUrl === url ? 'DATABASE_URL' : 'MIGRATION_DATABASE_URL', ownerUrl);
	} catch (error) {
		await Promise.allSettled([pool.end(), owners.end()]);
		throw error;
	}

	const inRole = <T>(role: string, claims: string, work: (tx: Tx) => Promise<T>) =>
		// Local to the transaction, so that a pooler in between can hand the connection on. One round trip for all.
		inTransaction(
			pool,
			`begin; select set_config('role', ${pg.escapeLiteral(role)}, true),
				set_config('request.jwt.claims', ${pg.escapeLiteral(claims)}, true),
				set_config('statement_timeout', '${statementTimeoutMs}', true),
				set_config('idle_in_transaction_session_timeout', '${idleInTransactionTimeoutMs}', true)`,
			work
		);

	const serviceSession = () =>
		sessionOn(
			() => newClient(ownerUrl, 'session', answerTimeoutMs),
			async (client) => {
				await stepDown(client);
				// The same few statements all day: planning them each time would cost more than running them.
				await client.query(
					`set role app_service; set statement_timeout = ${statementTimeoutMs}; set plan_cache_mode = force_generic_plan; set jit = off`
				);
			}
		);
	const shared = serviceSession();

	let closing: Promise<void> | undefined;
	return {
		engine: 'postgres',
		asPerson: (personId, work) => inRole('authenticated', JSON.stringify({ sub: personId }), work),
		asService: (work) => inRole('app_service', '', work),
		asOwner: (work) => inTransaction(owners, 'begin', work),
		listen: (channel, hear, lost) =>
			(listener ??= listenOn(() => newClient(ownerUrl, 'listener'), stepDown)).listen(channel, hear, lost),
		ask: shared.read,
		serviceSession,
		close: () =>
			(closing ??= (async () => {
				await listener?.close();
				await Promise.all([shared.close(), pool.end(), owners.end()]);
			})())
	};
}

function openPool(
	url: string,
	max: number,
	onConnect?: (client: pg.ClientBase) => Promise<void>,
	queryTimeoutMs?: number
): pg.Pool {
	const pool = new pg.Pool({
		connectionString: url,
		max,
		idleTimeoutMillis,
		connectionTimeoutMillis,
		query_timeout: queryTimeoutMs,
		maxLifetimeSeconds,
		keepAlive: true,
		application_name: 'wayfellow',
		onConnect
	});
	// A backend that dies makes its client emit `error`, in use or idle; without a listener that ends our process.
	// The query that was running rejects by itself, and the pool drops the client, so a line in the log is enough.
	pool.on('connect', (client) =>
		client.on('error', (error) => console.error(`A database connection ended: ${error.message}`))
	);
	pool.on('error', () => {}); // the same error again, for an idle client
	return pool;
}

/** A connection outside the pools, straight to the server: what is set on it has to stay. */
function newClient(url: string, purpose: string, queryTimeoutMs?: number): pg.Client {
	return new pg.Client({
		connectionString: url,
		connectionTimeoutMillis,
		query_timeout: queryTimeoutMs,
		keepAlive: true,
		application_name: `wayfellow ${purpose}`
	});
}

/**
 * Leaves the owner's rights behind, so that a statement outside our transactions is refused instead of seeing
 * everything. A superuser changes the whole session; another owner can change its role only. Before the first
 * migration the role does not exist and neither do tables: nothing to protect, and the first request says so.
 */
async function stepDown(client: pg.ClientBase): Promise<void> {
	const { rows } = await client.query<{ login: string; superuser: boolean; exists: boolean }>(
		`select session_user as login, rolsuper as superuser, to_regrole('app_login') is not null as exists
		from pg_roles where rolname = session_user`
	);
	const { login, superuser, exists } = rows[0]!;
	if (login === 'app_login') return;
	if (!exists) throw new Error('The database is not migrated: the role app_login does not exist. Run: npm run migrate');
	await client.query(superuser ? 'set session authorization app_login' : 'set role app_login');
}

async function inTransaction<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
	const client = await beginOn(pool, begin);
	let broken: Error | undefined;
	try {
		const result = await work(transactionOn(client));
		const { command } = await client.query('commit');
		// The server answers "rollback" without an error when a statement failed and `work` went on regardless.
		if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed.');
		return result;
	} catch (error) {
		// After a lost connection the rollback fails as well; the first error is the one that tells.
		await client.query('rollback').catch((second: Error) => (broken = second));
		throw error;
	} finally {
		client.release(broken);
	}
}

/**
 * A connection with its transaction begun. One that lay in the pool may be dead without our knowing yet; as nothing
 * was asked on it, another try is harmless. Ends: each try throws away a connection, and the pool holds few.
 */
async function beginOn(pool: pg.Pool, begin: string): Promise<pg.PoolClient> {
	for (let left = connections; ; left--) {
		const client = await pool.connect();
		try {
			await client.query(begin);
			return client;
		} catch (error) {
			client.release(true);
			const refused = error instanceof pg.DatabaseError && !/^(57P0|08)/.test(error.code ?? '');
			if (refused || left === 0) throw error; // the server is there and means it
		}
	}
}

const dialect = new PgDialect({ casing: 'snake_case' });

/** drizzle on an open transaction: `tx.transaction()` inside makes a savepoint. */
function transactionOn(client: pg.PoolClient): Tx {
	return new NodePgTransaction(dialect, new NodePgSession(client, dialect, undefined), undefined) as unknown as Tx;
}

async function checkServer(owners: pg.Pool, variable: string, url: string): Promise<void> {
	let number: number;
	try {
		const { rows } = await owners.query<{ version: string }>(`select current_setting('server_version_num') as version`);
		number = Number(rows[0]!.version);
	} catch (error) {
		throw new Error(
			`Can't use the database that ${variable} names (${withoutSecrets(url)}): ${reason(error)}. Check that it runs and that the address, user and password are right.`,
			{ cause: error }
		);
	}
	const version = Math.floor(number / 10_000);
	if (version < oldestServer)
		throw new Error(
			`The database that ${variable} names is PostgreSQL ${version}; Wayfellow needs ${oldestServer} or newer. Upgrade the server, or name another one.`
		);
	const behind = behindMended(number);
	if (behind) console.warn(`The database that ${variable} names is PostgreSQL ${behind}`);
}

function withoutSecrets(url: string): string {
	const parsed = URL.parse(url);
	return parsed ? `${parsed.host}${parsed.pathname}` : 'not a valid address';
}

/** A refused connection to a name with several addresses has an empty message and the reasons inside. */
function reason(error: unknown): string {
	if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
	return error instanceof Error && error.message ? error.message.replace(/\.$/, '') : String(error);
}

/**
 * The one door to Postgres. Requests never get a bare connection: they get a transaction in which the database
 * already knows who is asking, and row policies do the rest. Whoever forgets is told "permission denied".
 */
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** A transaction, the same type on both engines. Inside one, use it and never the Database it came from. */
export type Tx = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/**
 * Single statements as the product itself (role `app_service`), one after the other, each committed by the time it
 * answers. For what runs many times a second: no begin, no commit, and the text is prepared once.
 */
export interface ServiceSession {
	/**
	 * @param values text, numbers and bytes; lists travel as the text of a Postgres array
	 * @throws the driver's error; after a lost connection the statement may have been committed all the same
	 */
	run<Row>(statement: string, values: (string | number | Buffer)[]): Promise<Row[]>;
	/** The same for a statement that changes nothing: where the connection turns out to be dead, it is asked on a new one. */
	read<Row>(statement: string, values: (string | number | Buffer)[]): Promise<Row[]>;
	close(): Promise<void>;
}

export interface Database {
	readonly engine: 'embedded' | 'postgres';
	/** Runs `work` in one transaction as this person: role `authenticated`, claims set. Commits, or rolls back on a throw. */
	asPerson<T>(personId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
	/** Runs `work` as the product itself (role `app_service`), for acts that have no person yet. */
	asService<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
	/** Runs `work` as the owner, past all row policies: migrations, seeds, back-ups and tests only. */
	asOwner<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
	/**
	 * Asks a single statement that changes nothing as the product itself, on a session that the whole process shares: for
	 * small questions that come with every request, such as whose session this is.
	 */
	ask<Row>(statement: string, values: (string | number | Buffer)[]): Promise<Row[]>;
	/** Opens a session of its own, connected when first used. Close it before the database. */
	serviceSession(): ServiceSession;
	/** Hears `notify` on a channel, reconnecting by itself. `lost` is called when news may have been missed. */
	listen(channel: string, hear: (payload: string) => void, lost?: () => void): Promise<() => Promise<void>>;
	close(): Promise<void>;
}

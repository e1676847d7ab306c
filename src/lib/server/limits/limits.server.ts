/**
 * Counts what is asked, by `rate-limiter-flexible`. Wide limits live in the memory of the process: a page costs them a
 * look into a map. Narrow ones are shared by all processes, in Redis when there is one and else in the table
 * `rate_limits`; whoever is over one is remembered here, so that a flood costs the store nothing.
 */
import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import { lt } from 'drizzle-orm';
import {
	RateLimiterMemory,
	RateLimiterPostgres,
	RateLimiterRedis,
	RateLimiterRes,
	RLWrapperTimeouts,
	type RateLimiterLike
} from 'rate-limiter-flexible';
import { away } from '#lib/errors.ts';
import { db } from '../current.ts';
import type { Database } from '../database.ts';
import { log, traceOf } from '../log.ts';
import { rateLimits } from '../schema.server.ts';
import { readSettings } from '../settings.ts';
import { crowd, limits, sentenceOf, type LimitName } from './kinds.ts';

/** Who is over a limit, for how long, and what they are told. */
export type Wait = { limit: LimitName; seconds: number; sentence: string };

/** Longer than a Redis that is well ever takes; then Postgres counts. */
const redisAnswerMs = 500;

type Shared = { limiter(name: LimitName): RateLimiterLike; close(): Promise<void> };

export class Limits {
	readonly #here = new Map<LimitName, RateLimiterMemory>();
	readonly #crowded = new Map<LimitName, RateLimiterMemory>();
	readonly #shared: Shared;
	readonly #narrow = new Map<LimitName, RateLimiterLike>();

	/** @param redisUrl unset, or while it is away: Postgres counts */
	constructor(database: () => Database, redisUrl?: string) {
		for (const [name, { points, seconds: duration, kept }] of Object.entries(limits) as [
			LimitName,
			(typeof limits)[LimitName]
		][]) {
			if (kept !== 'here') continue;
			this.#here.set(name, new RateLimiterMemory({ points, duration, keyPrefix: name }));
			this.#crowded.set(name, new RateLimiterMemory({ points: points * crowd, duration, keyPrefix: name }));
		}
		const postgres = inPostgres(database);
		this.#shared = redisUrl ? inRedis(redisUrl, postgres) : postgres;
	}

	/**
	 * Counts one more. @param crowded whether many may stand behind it: see `crowd`
	 * @returns null to go on, or how long to wait
	 * @throws Refusal `away` when nobody can count: a narrow limit is never passed over, for then a thief would only have to
	 * bring the database down
	 */
	async take(name: LimitName, who: string, crowded = false): Promise<Wait | null> {
		try {
			await this.#limiter(name, crowded).consume(keyOf(who));
			return null;
		} catch (refused) {
			if (refused instanceof RateLimiterRes) {
				// Once for each who is over it: a flood does not flood the log.
				if (refused.consumedPoints === limits[name].points * (crowded ? crowd : 1) + 1)
					log('too-many', { limit: name });
				const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
				return { limit: name, seconds, sentence: sentenceOf(name, seconds) };
			}
			log('limits-away', { limit: name, ...traceOf(refused) });
			throw away();
		}
	}

	/** Takes one back: it was no guess. Nothing depends on it, so nobody waits for it. */
	giveBack(name: LimitName, who: string, crowded = false): void {
		this.#limiter(name, crowded)
			.reward(keyOf(who))
			.catch((error: unknown) => log('limits-away', { limit: name, ...traceOf(error) }));
	}

	async close(): Promise<void> {
		await this.#shared.close();
	}

	#limiter(name: LimitName, crowded: boolean): RateLimiterLike {
		const here = (crowded ? this.#crowded : this.#here).get(name);
		if (here) return here;
		const made = this.#narrow.get(name) ?? this.#shared.limiter(name);
		this.#narrow.set(name, made);
		return made;
	}
}

/** A table of addresses and people at a glance is nobody's business. It is no secret: rows live for an hour at most. */
const keyOf = (who: string) => createHash('sha256').update(who).digest('base64url').slice(0, 22);

const figuresOf = (name: LimitName) => {
	const { points, seconds } = limits[name];
	return { points, duration: seconds, keyPrefix: name, inMemoryBlockOnConsumed: points + 1 };
};

/** On a session of its own: one statement for each count, committed by itself. */
function inPostgres(database: () => Database): Shared {
	let session: ReturnType<Database['serviceSession']> | undefined;
	const storeClient = {
		query: async ({ text, values }: { text: string; values: (string | number)[] }) => {
			session ??= database().serviceSession();
			const rows = await session.run(text, values);
			return { rows, rowCount: rows.length };
		}
	};
	return {
		limiter: (name) =>
			new RateLimiterPostgres({
				...figuresOf(name),
				storeClient,
				storeType: 'client',
				tableName: 'rate_limits',
				tableCreated: true, // by our migrations
				clearExpiredByTimeout: false // by `sweepLimits`
			}),
		close: async () => session?.close()
	};
}

function inRedis(url: string, postgres: Shared): Shared {
	const client = createClient({
		url,
		disableOfflineQueue: true,
		pingInterval: 10_000, // a connection can die without a word
		socket: { connectTimeout: 3_000, socketTimeout: 30_000 }
	});
	client.on('error', () => {}); // the bus of the live engine says so; it goes on trying
	client.connect().catch(() => {});
	return {
		limiter: (name) =>
			new RLWrapperTimeouts({
				limiter: new RateLimiterRedis({
					...figuresOf(name),
					storeClient: client,
					useRedisPackage: true,
					rejectIfRedisNotReady: true,
					keyPrefix: `wayfellow:limit:${name}`
				}),
				timeoutMs: redisAnswerMs,
				insuranceLimiter: postgres.limiter(name)
			}),
		close: async () => {
			client.destroy();
			await postgres.close();
		}
	};
}

/** Removes what is over. It counts for nothing any more; this only keeps the table small. */
export const sweepLimits = (database: Database, now = new Date()) =>
	database.asService(async (tx) => {
		await tx.delete(rateLimits).where(lt(rateLimits.expire, now.getTime()));
	});

/** On `globalThis`: pages and live connections count in one place, and in development modules are evaluated again. */
const key = Symbol.for('wayfellow.limits');
const shelf = globalThis as { [key]?: Limits };

/** The limits of this process, made when first asked for. */
export const requestLimits = (): Limits => (shelf[key] ??= new Limits(db, readSettings().REDIS_URL));

/** Forgets every count of this process. */
export async function closeLimits(): Promise<void> {
	const open = shelf[key];
	delete shelf[key];
	await open?.close();
}

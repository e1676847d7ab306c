/** The product as an operator runs it, for tests that stand at its doors: outside the demo, on a Postgres server. */
import type { Database } from '#lib/server/database.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { freshDatabase } from './postgres-server.ts';
import { startProduct, type Product } from './product.ts';

/** As behind a proxy that ends TLS and says who asks: requests come over plain http, and links lead here. */
export const origin = 'https://wayfellow.test';

export type OutsideProduct = {
	product: Product;
	/** The same database, past the product. */
	db: Database;
	stop(): Promise<void>;
};

/** Starts the production build on a database of its own. @param settings of the environment, beside those that every operator sets */
export async function startOutside(settings: Record<string, string> = {}): Promise<OutsideProduct> {
	const database = await freshDatabase();
	const product = await startProduct({
		DEMO: undefined,
		DATABASE_URL: database.url,
		ORIGIN: origin,
		ADDRESS_HEADER: 'X-Forwarded-For',
		...settings
	});
	const db = await openPostgres(database.url);
	return {
		product,
		db,
		async stop() {
			await product.stop();
			await db.close();
			await database.drop();
		}
	};
}

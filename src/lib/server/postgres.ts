import type { Database } from './database.ts';

export async function openPostgres(url: string, ownerUrl = url): Promise<Database> {
	throw new Error(`not built yet: ${url} ${ownerUrl}`);
}

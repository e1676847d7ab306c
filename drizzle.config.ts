import { defineConfig } from 'drizzle-kit';

// drizzle-kit only writes SQL here; it never touches a database. `push` would drop our policies' conditions.
export default defineConfig({
	dialect: 'postgresql',
	schema: './src/lib/**/schema.server.ts',
	out: './supabase/migrations',
	casing: 'snake_case',
	migrations: { prefix: 'supabase' },
	entities: { roles: { exclude: ['authenticated', 'app_service'] } }
});

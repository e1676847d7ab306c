import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { addressForPrograms, type Line, lineByScheme, lineToPostgres, warningsOfLines } from './line.ts';

const cases: [address: string, line: Line, environment?: Record<string, string>][] = [
	['postgres://u@localhost/x', 'here'],
	['postgres://u@127.0.0.1:5433/x', 'here'],
	['postgres://u@[::1]/x', 'here'],
	['postgres://u@/x', 'here'],
	['postgres://u@%2Fvar%2Frun%2Fpostgresql/x', 'here'],
	['postgres:///x?host=/var/run/postgresql', 'here'],
	['postgres://u@127.0.0.1.example.org/x', 'unsaid'],
	['postgres://u@localhost.example.org/x', 'unsaid'],
	['postgres://u@localhost/x?host=db.example.org', 'unsaid'],
	['postgres://u@db/x', 'unsaid'],
	['postgres://u@10.0.0.5/x', 'unsaid'],
	['postgres://u@db.example.org/x?sslmode=prefer', 'unsaid'],
	['postgres://u@db.example.org/x?sslmode=allow', 'unsaid'],
	['postgres://u@db.example.org/x?sslmode=', 'unsaid'],
	['postgres://u@db.example.org/x?sslmode=disable', 'open'],
	['postgres://u@db.example.org/x?sslmode=no-verify', 'unchecked'],
	['postgres://u@db.example.org/x?sslmode=require', 'checked'],
	['postgres://u@db.example.org/x?sslmode=verify-full', 'checked'],
	['postgres://u@db.example.org/x?sslmode=require&uselibpqcompat=true', 'unchecked'],
	['postgres://u@db.example.org/x?sslmode=verify-full&uselibpqcompat=true', 'checked'],
	['postgres:///x', 'unsaid', { PGHOST: 'db.example.org' }],
	['postgres://u@db.example.org/x', 'checked', { PGSSLMODE: 'verify-full' }],
	['postgres://u@db.example.org/x?sslmode=disable', 'open', { PGSSLMODE: 'verify-full' }],
	['postgres://u@db.example.org/x', 'unsaid', { PGSSLMODE: 'prefer' }],
	['postgres://', 'here']
];

test.for(cases)('%s is %s', ([address, line, environment]) => {
	expect(lineToPostgres(address, environment)).toBe(line);
});

describe('the driver does what we say of it', () => {
	/** What it made of the address; its types leave that out. */
	const sslOf = (connectionString: string) =>
		(new pg.Client({ connectionString }) as unknown as { connectionParameters: { ssl: unknown } }).connectionParameters
			.ssl;

	test.for(cases.filter(([, line, environment]) => !environment && line !== 'here' && line !== 'unsaid'))(
		'%s is %s',
		([address, line]) => {
			const ssl = sslOf(address) as false | { rejectUnauthorized?: boolean };
			expect(!ssl ? 'open' : ssl.rejectUnauthorized === false ? 'unchecked' : 'checked').toBe(line);
		}
	);

	test('an address that says nothing gets no encryption', () => {
		expect(sslOf('postgres://u@db.example.org/x')).toBe(false);
	});
});

test.for([
	['postgres://u@db/x?sslmode=no-verify', 'postgres://u@db/x?sslmode=require'],
	['postgres://u@db/x?uselibpqcompat=true&sslmode=require', 'postgres://u@db/x?sslmode=require'],
	['postgres://u@db/x?sslmode=verify-full', 'postgres://u@db/x?sslmode=verify-full'],
	['postgres://u@localhost/x', 'postgres://u@localhost/x']
] as const)('pg_dump is told %s as %s', ([address, theirs]) =>
	expect(addressForPrograms(new URL(address)).href).toBe(theirs)
);

test.for<[address: string, line: Line]>([
	['redis://localhost:6379', 'here'],
	['redis://cache.example.org:6379', 'open'],
	['rediss://cache.example.org:6379', 'checked'],
	['smtp://127.0.0.1:25', 'here'],
	['smtp://mail.example.org:587', 'open'],
	['smtp://mail.example.org:587?requireTLS=true', 'checked'],
	['smtps://mail.example.org', 'checked']
])('%s is %s', ([address, line]) => expect(lineByScheme(address)).toBe(line));

test('whoever runs the server hears of each line that others could read', () => {
	expect(
		warningsOfLines(
			{
				DATABASE_URL: 'postgres://u@db/x?sslmode=disable',
				MIGRATION_DATABASE_URL: 'postgres://u@db.example.org/x?sslmode=no-verify',
				REDIS_URL: 'redis://cache',
				SMTP_URL: 'smtp://mail.example.org'
			},
			{}
		).map((sentence) => sentence.split(' ')[0])
	).toEqual(['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'REDIS_URL', 'SMTP_URL']);
	expect(warningsOfLines({ DATABASE_URL: 'postgres://u@localhost/x', REDIS_URL: 'rediss://cache' }, {})).toEqual([]);
});

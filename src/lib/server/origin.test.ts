import { afterEach, expect, test, vi } from 'vitest';
import { ownOrigin } from './origin.ts';

afterEach(() => vi.unstubAllEnvs());

test.for<[settings: Record<string, string>, origin: string]>([
	[{ ORIGIN: 'https://wayfellow.example.org' }, 'https://wayfellow.example.org'],
	[{ ORIGIN: 'https://wayfellow.example.org', DEMO: '1' }, 'https://wayfellow.example.org'],
	[{ DEMO: '1' }, 'https://elsewhere.example'],
	[{ PORT: '8080' }, 'http://localhost:8080']
])('with %o, a request to elsewhere.example is at %s', ([settings, origin]) => {
	for (const name of ['ORIGIN', 'DEMO', 'PORT']) vi.stubEnv(name, settings[name] ?? '');
	expect(ownOrigin(new URL('https://elsewhere.example/sign-in'))).toBe(origin);
});

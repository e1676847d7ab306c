import { expect, test } from 'vitest';
import { isCrossSite } from './cross-site.ts';

const ours = 'https://wayfellow.example.org';
const host = 'wayfellow.example.org';

test.for<[method: string, origin: string | null, site: string | null, ours: string | undefined, crossSite: boolean]>([
	['GET', 'https://evil.example', 'cross-site', ours, false],
	['POST', ours, 'same-origin', ours, false],
	['POST', ours, null, ours, false],
	['POST', null, null, ours, false], // a script
	['POST', null, null, undefined, false],
	['POST', 'https://evil.example', 'cross-site', ours, true],
	['POST', 'https://evil.example', null, ours, true],
	['POST', 'https://other.example.org', 'same-site', ours, true],
	['POST', `${ours}.evil.example`, null, ours, true],
	['POST', 'http://wayfellow.example.org', null, ours, true],
	['POST', 'null', null, ours, true],
	['POST', 'null', 'cross-site', undefined, true],
	['POST', 'null', null, undefined, true],
	['PUT', 'https://evil.example', null, ours, true],
	['DELETE', null, 'cross-site', ours, true],
	['PROPFIND', 'https://evil.example', null, undefined, true],
	['POST', 'http://wayfellow.example.org', 'same-origin', undefined, false],
	['POST', 'http://wayfellow.example.org:8080', null, undefined, true]
])('%s from %s (%s), ours %s: cross-site %s', ([method, origin, fetchSite, ours, crossSite]) =>
	expect(isCrossSite({ method, origin, fetchSite, host }, ours)).toBe(crossSite)
);

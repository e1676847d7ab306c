/** The list of parts (SBOM): made by npm from the lock file, and whole. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundled, listParts, missingFrom } from '../scripts/parts/list.ts';

const root = join(import.meta.dirname, '..');
const { name, version, dependencies, devDependencies } = JSON.parse(
	readFileSync(join(root, 'package.json'), 'utf8')
) as {
	name: string;
	version: string;
	dependencies: Record<string, string>;
	devDependencies: Record<string, string>;
};

test('npm run parts lists what the product is made of, with versions and checksums, and nothing of development', () => {
	const parts = listParts();
	expect(parts).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name, version } } });
	expect(missingFrom(parts, dependencies)).toEqual([]);
	const purls = parts.components.map(({ purl }) => decodeURIComponent(purl));
	for (const tool of ['vitest', 'eslint', 'playwright-core']) {
		expect(devDependencies, tool).toHaveProperty([tool]);
		expect(purls.filter((purl) => purl.startsWith(`pkg:npm/${tool}@`))).toEqual([]);
	}
	// Of development to npm, and in every page.
	expect(Object.keys(bundled(devDependencies))).toEqual(
		expect.arrayContaining(['@sveltejs/adapter-node', '@sveltejs/kit', 'prosemirror-view', 'svelte', 'y-websocket'])
	);
	for (const part of Object.keys(bundled(devDependencies)))
		expect(
			purls.filter((purl) => purl.startsWith(`pkg:npm/${part}@`)),
			part
		).toHaveLength(1);
	// What others bring along is in it too, which is where surprises come from.
	expect(purls.length).toBeGreaterThan(Object.keys(dependencies).length);
	expect(parts.components.filter(({ hashes }) => !hashes?.length).map((part) => part.name)).toEqual([]);
});

test('a list that lacks a package, or has another version of it, is noticed', () => {
	const components = [{ name: 'ws', version: '8.23.0', purl: 'pkg:npm/ws@8.23.0' }];
	expect(missingFrom({ components }, { ws: '8.23.0' })).toEqual([]);
	expect(missingFrom({ components }, { ws: '8.23.1', yjs: '13.6.33' })).toEqual(['ws', 'yjs']);
});

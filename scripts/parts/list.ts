/** The parts that the product is made of, as `npm sbom` lists them. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export type Parts = {
	bomFormat: string;
	specVersion: string;
	metadata: { component: { name: string; version: string } };
	components: { name: string; version: string; purl: string; hashes?: unknown[] }[];
};

type Wants = Record<string, string>;
type Package = {
	dependencies?: Wants;
	devDependencies?: Wants;
	optionalDependencies?: Wants;
	peerDependencies?: Wants;
};
type Lock = { packages: Record<string, Package> };

const readJson = <T>(file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as T;

/** Whose code stands in what is built without being imported by ours. */
const builtIn = ['@sveltejs/adapter-node'];

/**
 * Packages that only building needs to be installed, and whose code is in the result: what pages import. To npm they are
 * of development, and to whoever looks for weaknesses they are parts.
 */
export function bundled(devDependencies: Wants): Wants {
	const imported = new Set(builtIn);
	for (const file of globSync('src/**/*.{ts,js,svelte,css}', { cwd: root })) {
		if (/\.(test|cases)\.ts$/.test(file)) continue;
		const text = readFileSync(join(root, file), 'utf8');
		for (const [, scoped, plain] of text.matchAll(
			/(?:from\s+|import\s*\(?\s*|url\()['"](?:(@[\w.-]+\/[\w.-]+)|([\w.-]+))[^'"]*['"]/g
		))
			imported.add((scoped ?? plain)!);
	}
	return Object.fromEntries(Object.entries(devDependencies).filter(([name]) => imported.has(name)));
}

/** What these packages need, and what that needs, by place in the lock file; looked for as Node looks. */
function reached({ packages }: Lock, wanted: Wants): Record<string, Package> {
	const found: Record<string, Package> = {};
	const visit = (from: string, names: Wants = {}) => {
		for (const name of Object.keys(names)) {
			const places = [];
			for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
				places.push(at ? `${at}/node_modules/${name}` : `node_modules/${name}`);
				if (!at) break;
			}
			const place = places.find((candidate) => packages[candidate]);
			if (!place || found[place]) continue;
			const one = (found[place] = packages[place]!);
			for (const more of [one.dependencies, one.optionalDependencies, one.peerDependencies]) visit(place, more);
		}
	};
	visit('', wanted);
	return found;
}

/** @throws Error with a sentence when npm can't say, or leaves out a package that we name as ours to run */
export function listParts(): Parts {
	const about = readJson<{ name: string } & Required<Package>>('package.json');
	const lock = readJson<Lock>('package-lock.json');
	const dependencies = { ...about.dependencies, ...bundled(about.devDependencies) };
	// npm's own --omit=dev also leaves out what development needs as well (yjs, pg); so it is shown a project without it.
	const kept = reached(lock, { ...dependencies, ...about.optionalDependencies });
	const folder = mkdtempSync(join(tmpdir(), 'wayfellow-parts-'));
	const project = join(folder, about.name); // npm says the name of the folder
	try {
		mkdirSync(project);
		const write = (file: string, what: object) => writeFileSync(join(project, file), JSON.stringify(what));
		write('package.json', { ...about, dependencies, devDependencies: undefined });
		write('package-lock.json', {
			...lock,
			packages: { '': { ...lock.packages[''], dependencies, devDependencies: undefined }, ...kept }
		});
		const { status, stdout, stderr, error } = spawnSync(
			'npm',
			['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'],
			// On Windows npm is a script, which only a shell runs.
			{ cwd: project, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' }
		);
		if (status !== 0) throw new Error(`npm can't list the parts: ${error?.message ?? stderr.trim()}`);
		const parts = JSON.parse(stdout) as Parts;
		const missing = missingFrom(parts, dependencies);
		if (parts.bomFormat !== 'CycloneDX' || missing.length > 0)
			throw new Error(`The list of parts is not whole: it lacks ${missing.join(', ') || 'its format'}.`);
		return parts;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Packages of ours, by name and exact version, that a list does not have. */
export function missingFrom(parts: Pick<Parts, 'components'>, dependencies: Record<string, string>): string[] {
	const listed = new Set(parts.components.map(({ purl }) => decodeURIComponent(purl)));
	return Object.entries(dependencies)
		.filter(([name, version]) => !listed.has(`pkg:npm/${name}@${version}`))
		.map(([name]) => name);
}

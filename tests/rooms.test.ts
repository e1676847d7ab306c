/**
 * Watches who looks at whom. A room imports only from rooms above it, nobody imports a route, and what touches the
 * database or a secret never reaches a browser. SvelteKit refuses the last only when it builds the page in question;
 * here it is one list of files, read without running any of them.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** From the top of the house down; a room may look up, never down. */
const rooms = [
	'errors.ts',
	'ui',
	'server',
	'audit',
	'identity',
	'notification',
	'catalogue',
	'program',
	'pairing',
	'meeting',
	'reflection',
	'discussion',
	'checkin',
	'evidence',
	'assessment',
	'badge',
	'credit',
	'counts',
	'progress',
	'own-data'
];

type Source = { path: string; text: string };
/** What stands for a name that only exists once the program runs. */
const unreadable = '(made while running)';

const root = join(import.meta.dirname, '..');
const sources: Source[] = globSync(
	['src/**/*.ts', 'src/**/*.svelte', 'src/**/*.js', 'scripts/**/*.ts', 'vite.config.ts'],
	{
		cwd: root
	}
).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** What a file names: `from`, `import()`, `export … from`, `import x = require()`, `require()`, `import.meta.glob()`. */
function importsOf({ path, text }: Source): { name: string; typeOnly: boolean }[] {
	const scripts = path.endsWith('.svelte')
		? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]!)
		: [text];
	// Markup may import too: {#await import('…')}.
	const markup = path.endsWith('.svelte') ? text.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '') : '';
	const found = [...markup.matchAll(/\bimport\s*\(\s*(['"`])([^'"`]+)\1/g)].map((match) => ({
		name: match[2]!,
		typeOnly: false
	}));
	const add = (node: ts.Node | undefined, typeOnly = false) => {
		if (node && ts.isStringLiteralLike(node)) found.push({ name: node.text, typeOnly });
		else if (node && ts.isArrayLiteralExpression(node)) node.elements.forEach((element) => add(element, typeOnly));
		else if (node && ts.isTemplateExpression(node)) found.push({ name: node.head.text || unreadable, typeOnly });
		else if (node) found.push({ name: unreadable, typeOnly });
	};
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, onlyTypes(node.importClause));
		else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
		else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
			add(node.moduleReference.expression, node.isTypeOnly);
		else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
		else if (ts.isCallExpression(node)) {
			const callee = node.expression;
			if (callee.kind === ts.SyntaxKind.ImportKeyword || /^(require|import\.meta\.glob)$/.test(callee.getText()))
				add(node.arguments[0]);
		}
		ts.forEachChild(node, visit);
	};
	for (const script of scripts) visit(ts.createSourceFile(path, script, ts.ScriptTarget.Latest, true));
	return found;
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
	if (!clause) return false;
	if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
	const names = clause.namedBindings;
	return !clause.name && !!names && ts.isNamedImports(names) && names.elements.every((element) => element.isTypeOnly);
}

/** The file inside the project that a name means; undefined for packages and the framework's own modules. */
function target(from: string, name: string): string | undefined {
	const bare = name.replace(/[?].*$/, '');
	if (bare.startsWith('#lib/')) return join('src/lib', bare.slice('#lib/'.length));
	if (bare.startsWith('$lib/')) return join('src/lib', bare.slice('$lib/'.length));
	if (bare.startsWith('.')) return normalize(join(dirname(from), bare));
	if (bare.startsWith('/src/')) return bare.slice(1);
	return undefined;
}

const roomOf = (path: string) => (path.startsWith('src/lib/') ? path.split('/')[2] : undefined);
const isTest = (path: string) => /\.(test|cases)\.ts$/.test(path) || path.startsWith('tests/');
const isServerOnly = (path: string) =>
	/(^|\/)[^/]*\.server\.(ts|js)$/.test(path) ||
	/(^|\/)server\.(ts|js)$/.test(path) ||
	(path.startsWith('src/lib/') && path.split('/').slice(2, -1).includes('server')) ||
	/^src\/(hooks|start)\.server\.ts$/.test(path) ||
	path.startsWith('src/seed/');
/** Where the browser's own copy of the program begins. */
const isBrowserEntry = (path: string) =>
	path.endsWith('.svelte') ||
	/^src\/routes\/.*\+(page|layout)\.(ts|js)$/.test(path) ||
	/^src\/(hooks\.client\.|service-worker\/)/.test(path);

/** Every rule that a set of files breaks, as sentences. */
function broken(files: Source[]): string[] {
	const sentences: string[] = [];
	const links = new Map<string, { to: string; typeOnly: boolean }[]>();
	for (const file of files) {
		const { path } = file;
		const room = roomOf(path);
		const named = importsOf(file).flatMap(({ name, typeOnly }) => {
			const to = target(path, name);
			return to === undefined ? [] : [{ to, typeOnly }];
		});
		links.set(path, named);
		if (room && !isTest(path) && importsOf(file).some(({ name }) => name === unreadable))
			sentences.push(`${path} imports something that nobody can know by reading.`);
		if (room && !rooms.includes(room)) sentences.push(`${path} stands in no room that the list knows.`);
		for (const { to } of named) {
			const other = roomOf(to);
			if (room && other && rooms.indexOf(other) > rooms.indexOf(room))
				sentences.push(`${path} (${room}) looks down at ${to} (${other}).`);
			if (room && !isTest(path)) {
				if (to.startsWith('src/routes/')) sentences.push(`${path} imports the route ${to}.`);
				if (to.startsWith('src/seed/')) sentences.push(`${path} imports the seeds: ${to}.`);
				if (/^src\/(hooks|start)\b/.test(to)) sentences.push(`${path} imports what starts the house: ${to}.`);
				if (to.startsWith('tests/') || to.startsWith('scripts/')) sentences.push(`${path} imports ${to}.`);
			}
			if (path.startsWith('src/routes/') && to.startsWith('src/routes/') && dirname(to) !== dirname(path))
				sentences.push(`${path} borrows from another route: ${to}. What two routes need lives in a room.`);
		}
	}
	for (const entry of files.filter(({ path }) => isBrowserEntry(path))) {
		const seen = new Set<string>();
		const follow = (path: string, way: string[]): void => {
			if (isServerOnly(path)) {
				sentences.push(`${entry.path} brings ${path} into the browser (${[...way, path].join(' → ')}).`);
				return;
			}
			if (seen.has(path)) return;
			seen.add(path);
			for (const { to, typeOnly } of links.get(path) ?? []) if (!typeOnly) follow(to, [...way, path]);
		};
		follow(entry.path, []);
	}
	return sentences;
}

describe('the house as it stands', () => {
	test('is read at all', () => {
		expect(sources.length).toBeGreaterThan(40);
		expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
	});
	test('keeps to its order', () => {
		expect(broken(sources)).toEqual([]);
	});
});

describe('a house out of order is noticed', () => {
	const cases: [what: string, path: string, text: string][] = [
		['looking down', 'src/lib/identity/x.ts', `import { a } from '#lib/reflection/policy.ts';`],
		['looking down for a type', 'src/lib/identity/x.ts', `import type { A } from '#lib/reflection/policy.ts';`],
		['looking down in a type', 'src/lib/identity/x.ts', `export type B = import('#lib/reflection/policy.ts').A;`],
		['looking down by a relative path', 'src/lib/identity/deep/x.ts', `import { a } from '../../pairing/pair.ts';`],
		['handing on', 'src/lib/catalogue/x.ts', `export * from '#lib/program/cohort.ts';`],
		['handing on names', 'src/lib/catalogue/x.ts', `export { a } from '../program/cohort.ts';`],
		['a dynamic import', 'src/lib/ui/x.ts', `const a = await import('#lib/server/mail.ts');`],
		['a dynamic import of a pattern', 'src/lib/ui/x.ts', 'const a = await import(`../server/${name}.ts`);'],
		['a dynamic import of anything', 'src/lib/ui/x.ts', 'const a = await import(name);'],
		['require', 'src/lib/ui/x.ts', `const a = require('../server/mail.ts');`],
		['a glob', 'src/lib/ui/x.ts', `const all = import.meta.glob(['../server/*.ts']);`],
		[
			'a component',
			'src/lib/ui/X.svelte',
			`<script lang="ts">\n\timport A from '#lib/progress/A.svelte';\n</script>\n<A />`
		],
		['a module script', 'src/lib/ui/X.svelte', `<script module>\n\texport * from '../progress/a.ts';\n</script>`],
		['markup', 'src/lib/ui/X.svelte', `{#await import('../progress/A.svelte') then A}<A.default />{/await}`],
		['a room that imports a route', 'src/lib/progress/x.ts', `import { a } from '../../routes/+page.server.ts';`],
		['a room that imports the seeds', 'src/lib/progress/x.ts', `import { cast } from '../../seed/cast.ts';`],
		['a room that imports a test', 'src/lib/progress/x.ts', `import { a } from '../../../tests/product.ts';`],
		['a room nobody listed', 'src/lib/utils/x.ts', ``],
		['a route that borrows', 'src/routes/a/+page.server.ts', `import { a } from '../b/+page.server.ts';`],
		[
			'a secret in a component',
			'src/lib/ui/X.svelte',
			`<script>\n\timport { db } from '#lib/server/current.ts';\n</script>`
		],
		['a secret in a page', 'src/routes/+page.ts', `import { a } from '#lib/pairing/pair.server.ts';`]
	];
	test.for(cases)('%s', ([, path, text]) => {
		expect(broken([{ path, text }])).not.toEqual([]);
	});

	test('a secret behind two doors', () => {
		const files = [
			{ path: 'src/routes/+page.svelte', text: `<script>\n\timport { a } from '#lib/progress/a.ts';\n</script>` },
			{ path: 'src/lib/progress/a.ts', text: `export { a } from './b.ts';` },
			{ path: 'src/lib/progress/b.ts', text: `import { a } from '#lib/pairing/pair.server.ts';` }
		];
		expect(broken(files)).toHaveLength(1);
	});

	test('and what is allowed stays allowed', () => {
		const files = [
			{
				path: 'src/lib/pairing/x.server.ts',
				text: `import { notFound } from '#lib/errors.ts';\nimport '../server/mail.ts';`
			},
			{ path: 'src/lib/progress/X.svelte', text: `<script>\n\timport type { A } from './home.server.ts';\n</script>` },
			{ path: 'src/routes/+page.server.ts', text: `import { a } from '#lib/progress/home.server.ts';` },
			{ path: 'src/lib/pairing/x.test.ts', text: `import { cast } from '../../seed/cast.ts';` },
			{
				path: 'src/lib/ui/x.ts',
				text: `// import { a } from '#lib/server/mail.ts';\nconst text = "import x from '#lib/server/mail.ts'";`
			}
		];
		expect(broken(files)).toEqual([]);
	});
});

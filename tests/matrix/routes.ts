/** Every door of the product, read from the route tree: pages, form actions, endpoints; and the one of live connections. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'fallback'];

/** A file of the route tree, by its path from the project folder. */
export type Source = { path: string; text: string };

const routeFiles = () =>
	globSync(['src/routes/**/+{page,layout,server}*', 'src/**/*.remote.{ts,js}'], { cwd: root }).map((path) => ({
		path,
		text: readFileSync(join(root, path), 'utf8')
	}));

/**
 * `page /pairs/[id]`, `action /pairs/[id] endPair`, `GET /metrics`, `socket /live/[id]`: the names under which
 * `answers.ts` says who is answered what.
 * @throws Error in a sentence when a file offers something that can't be known by reading it
 */
export function doors(files: Source[] = routeFiles()): string[] {
	const found = new Set(['socket /live/[id]']);
	for (const { path, text } of files) {
		// Groups such as (app) are no part of an address.
		const folder = dirname(path)
			.replace(/^src\/routes/, '')
			.replace(/\/\([^)]*\)/g, '');
		const address = folder || '/';
		const exported = exportsOf(path, text);
		if (/\.remote\.(ts|js)$/.test(path)) for (const name of exported.keys()) found.add(`remote ${path} ${name}`);
		else if (/\/\+page(@[^/]*)?\.svelte$/.test(path)) found.add(`page ${address}`);
		else if (/\/\+page\.server\.(ts|js)$/.test(path)) {
			found.add(`page ${address}`);
			if (exported.has('actions'))
				for (const action of keysOf(path, exported.get('actions'))) found.add(`action ${address} ${action}`);
		} else if (/\/\+server\.(ts|js)$/.test(path))
			for (const name of exported.keys()) if (methods.includes(name)) found.add(`${name} ${address}`);
	}
	return [...found].sort();
}

/** What a module exports under which name, with the value where there is one to read. */
function exportsOf(path: string, text: string): Map<string, ts.Expression | undefined> {
	const found = new Map<string, ts.Expression | undefined>();
	if (path.endsWith('.svelte')) return found;
	for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements) {
		if (ts.isExportDeclaration(statement)) {
			if (!statement.exportClause) throw new Error(`${path} hands on everything of another file; name what it offers.`);
			if (ts.isNamedExports(statement.exportClause))
				for (const { name } of statement.exportClause.elements) found.set(name.text, undefined);
		}
		const isExported =
			ts.canHaveModifiers(statement) &&
			ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
		if (!isExported) continue;
		if (ts.isFunctionDeclaration(statement) && statement.name) found.set(statement.name.text, undefined);
		if (ts.isVariableStatement(statement))
			for (const { name, initializer } of statement.declarationList.declarations)
				if (ts.isIdentifier(name)) found.set(name.text, initializer);
				else throw new Error(`${path} takes apart what it exports; name each thing by itself.`);
	}
	return found;
}

/** The names of form actions. */
function keysOf(path: string, value: ts.Expression | undefined): string[] {
	if (value && (ts.isSatisfiesExpression(value) || ts.isAsExpression(value))) return keysOf(path, value.expression);
	if (value && ts.isObjectLiteralExpression(value)) {
		const names = value.properties.map(({ name }) => (name && !ts.isComputedPropertyName(name) ? name.getText() : ''));
		if (names.every(Boolean)) return names.map((name) => name.replace(/^['"]|['"]$/g, ''));
	}
	throw new Error(`${path} has actions whose names can't be read; write them as one object.`);
}

/**
 * What the machine can watch for us. Every rule beyond the recommended sets says whom it protects; a rule nobody can
 * give a reason for goes.
 */
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const noMathRandom = {
	object: 'Math',
	property: 'random',
	message:
		'Math.random can be predicted: use node:crypto for anything secret (or say beside a disable why chance is enough).'
};

/**
 * PGlite has one connection: a second transaction opened inside the first waits for it for ever. Postgres would give
 * it another connection, with other claims and another view of the data, which is worse than waiting.
 */
const oneTransaction = {
	selector:
		'CallExpression[callee.property.name=/^(asPerson|asService|asOwner)$/] :function CallExpression[callee.property.name=/^(asPerson|asService|asOwner)$/]',
	message: 'A transaction is already open here: hand its `tx` on instead of opening another.'
};
const ownerOnly = {
	selector: 'CallExpression[callee.property.name="asOwner"]',
	message:
		'The owner sees every row. Only seeds, scripts, migrations and tests may be it; the product asks as a person or as the service.'
};
const noRawSql = {
	selector: 'MemberExpression[object.name="sql"][property.name="raw"]',
	message: 'sql.raw puts text into a statement unescaped: use sql`…${value}…` or sql.identifier().'
};

export default ts.config(
	{
		ignores: [
			'.svelte-kit/',
			'build/',
			'data/',
			'backups/',
			'test-results/',
			'static/',
			'src/seed/data/',
			'tests/data/'
		]
	},
	js.configs.recommended,
	ts.configs.recommended,
	svelte.configs.recommended,
	prettier,
	svelte.configs.prettier,
	{
		languageOptions: { globals: { ...globals.node, ...globals.browser } },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			// TypeScript knows better which names exist.
			'no-undef': 'off',
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			'no-restricted-properties': ['error', noMathRandom],
			'no-restricted-syntax': ['error', oneTransaction, ownerOnly, noRawSql],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			// A type imported as a value would be loaded by plain node, which only strips types.
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'], parser: ts.parser } },
		rules: {
			// Words of people must never become markup. The one place that shows render.ts's escaped HTML says so itself.
			'svelte/no-at-html-tags': 'error',
			// A plain internal href breaks when the app is served below a path, and does not notice a renamed route.
			'svelte/no-navigation-without-resolve': 'error',
			// Svelte assigns to what `let` declares.
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived'] }]
		}
	},
	{
		// These run before or beside the product, on the operator's word.
		files: ['src/seed/**', 'src/lib/server/migrate.ts', 'scripts/**', 'bench/**'],
		rules: { 'no-restricted-syntax': ['error', oneTransaction] }
	},
	{
		files: ['**/*.test.ts', 'tests/**'],
		rules: { 'no-restricted-syntax': ['error', oneTransaction, noRawSql] }
	}
);

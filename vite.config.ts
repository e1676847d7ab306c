/** SvelteKit 3 refuses a svelte.config.js: what used to stand there stands here (docs/decisions/0001). */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { minify } from 'terser';
import { isRunnableDevEnvironment, type Plugin, type Rolldown } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/**
 * Opens `/live/…` on the same port and in the same module graph as the pages, so both see one database and one set of
 * open documents. In production `server.js` does this with the first extra build input named here; the others are threads.
 */
function live(): Plugin {
	return {
		name: 'wayfellow-live',
		config: () => ({
			environments: {
				ssr: {
					build: {
						rolldownOptions: {
							input: {
								live: 'src/live.server.ts',
								'merge-worker': 'src/lib/reflection/live/merge-worker.server.ts',
								'copy-worker': 'src/lib/reflection/copy-worker.server.ts',
								'solving-worker': 'src/lib/pairing/solving-worker.server.ts',
								'files-worker': 'src/lib/own-data/files-worker.server.ts',
								'past-worker': 'src/lib/reflection/past-worker.server.ts'
							}
						}
					}
				}
			}
		}),
		configureServer({ environments: { ssr }, httpServer }) {
			if (existsSync('.env')) process.loadEnvFile('.env');
			if (process.env.VITEST) return; // tests that need the product start it themselves
			process.env.DEMO ??= '1';
			if (!isRunnableDevEnvironment(ssr)) throw new Error('The ssr environment of Vite can not run modules.');
			// Opening the database takes seconds the first time: it begins now, not with the first page. A test run has none.
			const start = () => ssr.runner.import<typeof import('./src/start.server.ts')>('/src/start.server.ts');
			httpServer?.once('listening', () => {
				start()
					.then(({ ready }) => ready())
					.catch((error: Error) => {
						console.error(error.message);
						process.exit(1);
					});
			});
			for (const signal of ['SIGINT', 'SIGTERM'] as const)
				process.once(signal, () => {
					start()
						.then(({ stop }) => stop())
						.finally(() => process.exit());
				});
			httpServer?.on('upgrade', async (request, socket, head) => {
				if (!request.url?.startsWith('/live/')) return; // Vite's own hot-reload socket shares this server
				try {
					const { handleUpgrade } = await ssr.runner.import('/src/live.server.ts');
					handleUpgrade(request, socket, head);
				} catch (error) {
					console.error(error);
					socket.destroy();
				}
			});
		}
	};
}

/**
 * Leaves out of the browser's script what nobody calls there.
 * - `lib0/dom` describes DOM nodes with a schema library of 12 kB; its calls are not marked as free of side effects.
 * - y-websocket can speak to other tabs. Ours never does: another tab may belong to another person.
 * - `lib0/environment` finds out what it runs in. This is a browser.
 * - `lib0/logging` colours the three sentences that Yjs may say on the console. They are said, without colours.
 * - y-tiptap hashes marks that may overlap, such as comments. `reflection/sha256.ts` says the same in half the bytes.
 * - y-tiptap can show older states of a text. Our pages show the present one.
 * - Nor does Yjs show older states, for whoever of ours would ask.
 * - Yjs can draw its elements as DOM and search them by selector. ProseMirror draws ours. Nor does anybody copy a whole type.
 * - ProseMirror knows Internet Explorer, which Svelte does not, and can write its steps as JSON, for its own way to edit
 *   together.
 * - Yjs writes updates in two formats. The protocol, the log and the copy on the device speak the first; the second is only
 *   a default that each of their calls overrides, and how Yjs keeps what is pending to itself.
 * - Svelte can wait for promises within components, an experiment that we don't take part in, and spread attributes over a
 *   `select`.
 * - SvelteKit writes the state that a page puts into the browser's history with all of devalue. No page puts any there.
 */
function lighterPackages(): Plugin {
	return {
		name: 'wayfellow-lighter-packages',
		apply: 'build',
		applyToEnvironment: ({ name }) => name === 'client',
		generateBundle(_, bundle) {
			for (const part of Object.values(bundle)) {
				if (part.type !== 'chunk') continue;
				for (const name of cut)
					if (!common.has(name) && new RegExp(`\\.${name}\\b`).test(part.code))
						this.error(`${part.fileName} calls ${name}, which was cut out.`);
				if (part.code.includes(spreadSelects)) this.error(`${part.fileName}: ${spreadSelects}.`);
				if (part.name.startsWith('nodes/') && withAllThat(part, bundle).some(({ name }) => name === 'editor'))
					this.error(`${part.facadeModuleId} waits for the editor; import() it when the page is there.`);
			}
		},
		transform: {
			filter: {
				id: /lib0\/(dom|broadcastchannel|environment|logging|hash\/sha256)\.js$|y-(?:tiptap|websocket)\.js$|app\/internal\/transport\.js$|yjs\.mjs$|svelte\/src\/internal\/client\/(?:reactivity\/async|dom\/elements\/attributes)\.js$|prosemirror-(?:model|state|view|transform)\/dist\/index\.js$/
			},
			handler: (code, id) => {
				const [, part] = /prosemirror-(\w+)/.exec(id) ?? [];
				if (part === 'model')
					return without(code, ['addTo(?:Start|End)', 'posAtIndex', 'child(?:After|Before)', 'canAppend', 'check'], 7);
				if (part === 'state') return withoutStateJson(without(code, ['getBookmark', 'reconfigure', 'setTime'], 6));
				if (part === 'transform') return withoutJson(without(code, unusedOfTransform, 11));
				if (part === 'view') return once(without(code, unusedOfView, 6), /^const ie = .*$/m, 'const ie = false;');
				if (id.endsWith('transport.js')) return withoutPageState(code);
				if (id.endsWith('y-websocket.js')) return withoutOtherTabs(code);
				if (id.endsWith('y-tiptap.js'))
					return withoutOlderStates(without(code, ['_renderSnapshot', 'renderSnapshot', 'unrenderSnapshot'], 3));
				if (id.endsWith('yjs.mjs')) return lighterYjs(code);
				if (id.endsWith('reactivity/async.js')) return withoutWaiting(code);
				if (id.endsWith('elements/attributes.js')) return withoutSpreadSelects(code);
				if (id.endsWith('dom.js')) return code.replaceAll('= $.$custom(', '= /* @__PURE__ */ $.$custom(');
				if (id.endsWith('environment.js'))
					return 'export const isBrowser = true, isNode = false, getVariable = () => null';
				if (id.endsWith('broadcastchannel.js'))
					return 'export const subscribe = () => {}, unsubscribe = subscribe, publish = subscribe';
				if (id.endsWith('logging.js'))
					return `export const BOLD = '', UNBOLD = '', ORANGE = '', RED = ''
						export const print = (...words) => console.log(...words), warn = (...words) => console.warn(...words)`;
				return `export { digest } from ${JSON.stringify(resolve('src/lib/reflection/sha256.ts'))}`;
			}
		}
	};
}

/** A piece and whatever has to be there before it. */
function withAllThat(piece: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): Rolldown.OutputChunk[] {
	const all = new Set([piece]);
	for (const one of all)
		for (const name of one.imports) {
			const needed = bundle[name];
			if (needed?.type === 'chunk') all.add(needed);
		}
	return [...all];
}

/** What nobody in the editor calls: marks on nodes, attributes of the document, steps that become one. */
const unusedOfTransform = [
	'touches',
	'appendMapping',
	'merge',
	'changedRange',
	'setDocAttribute',
	'(?:add|remove)NodeMark',
	'clearIncompatible'
];
const unusedOfView = ['posAtDOM', 'pasteText', 'serializeForClipboard', 'updateRoot', 'forEachSet'];
/** Drawing and searching, documents within documents, pictures in a text, all of it as JSON. */
const unusedOfYjs = [
	'toDOM',
	'querySelector(?:All)?',
	'createTreeWalker',
	'clone',
	'getSubdoc(?:s|Guids)',
	'get(?:Array|Text|XmlElement)',
	'(?:add|remove)TrackedOrigin',
	'insertEmbed',
	'insertAfter',
	'toJSON'
];

/** Cuts methods out of classes, all that there are: should their number change, somebody has to look again. */
function without(code: string, methods: string[], times: number): string {
	const name = `(?:get )?(?:${methods.join('|')}) ?\\([^)\\n]*\\)`;
	const found = new RegExp(`^( {2}| {4})${name} \\{(?:.*\\}|\\n[\\s\\S]*?^\\1\\})$`, 'gm');
	const count = code.match(found)?.length ?? 0;
	if (count !== times) throw new Error(`${methods.join(', ')}: ${count} methods and not ${times}.`);
	return code.replace(found, (method) => {
		cut.add(/^\s*(?:get )?(\w+)/.exec(method)![1]!);
		return '';
	});
}

/** What was cut out of classes. */
const cut = new Set<string>();
/** Looked up by hand: names that others have too, and what draws older states for whoever asks for one, and nobody does. */
const common = new Set([
	'toDOM',
	'toJSON',
	'clone',
	'merge',
	'check',
	'querySelector',
	'querySelectorAll',
	'createTreeWalker'
]);

/** Steps that can't be written down and read again, which only ProseMirror's own way to edit together does. */
function withoutJson(code: string): string {
	return code
		.replace(/^ {4}(?:toJSON|static (?:fromJSON|jsonID)) ?\([^)]*\) \{\n[\s\S]*?^ {4}\}$/gm, '')
		.replace(/^Step\.jsonID\(.*$/gm, '');
}

/** An editor's state as JSON. A selection as JSON is what the binding to Yjs puts it back by. */
const withoutStateJson = (code: string) =>
	once(
		once(code, /^ {4}toJSON\(pluginFields\) \{\n[\s\S]*?^ {4}\}$/m, ''),
		/^ {4}static fromJSON\(config, json, pluginFields\) \{\n[\s\S]*?^ {4}\}$/m,
		''
	);

/** Kit itself puts an empty state into the history. Whoever wants to put something there is told, and takes this away. */
const withoutPageState = (code: string) =>
	once(
		code,
		/devalue\.stringify\(data, encoders\)/,
		`{ if (Object.keys(data).length) throw new Error('vite.config.ts leaves out what writes page state'); return '[{}]'; }`
	);

/** `disableBc` is what we always ask for, so it is never connected. */
const withoutOtherTabs = (code: string) =>
	once(code, /if \(this\.disableBc\)/, 'if (true)').replace(/if \((?:this|provider)\.bcconnected\)/g, 'if (false)');

/** Nothing here was seen as it stood at another time: what asks for that is handed nothing, and falls away. */
const withoutOlderStates = (code: string) =>
	once(
		once(
			once(code, /\(change\.snapshot != null \|\| change\.prevSnapshot != null\)/, 'false'),
			/this\.renderSnapshot\(syncState\.snapshot, syncState\.prevSnapshot\);/,
			''
		),
		/$/,
		'\nconst snapshot = undefined, prevSnapshot = undefined, computeYChange = undefined;'
	).replace(/,\n {2}snapshot,\n {2}prevSnapshot,\n {2}computeYChange\n\) => \{/g, '\n) => {');

export const lighterYjs = (code: string) => ofThePresent(inOneFormat(without(code, unusedOfYjs, 31)));

const ofThePresent = (code: string) =>
	once(
		once(
			once(
				code,
				/^ {2}toDelta \(snapshot, prevSnapshot, computeYChange\) \{$/m,
				'toDelta() { const snapshot = undefined, prevSnapshot = undefined, computeYChange = undefined;'
			),
			/snapshot \? typeMapGetAllSnapshot\(this, snapshot\) : typeMapGetAll\(this\)/,
			'typeMapGetAll(this)'
		),
		/^const isVisible = \(item, snapshot\) =>/m,
		'const isVisible = (item) => !item.deleted; const wasVisible = (item, snapshot) =>'
	);

/** Components of ours never wait for a promise, which Svelte calls an experiment and would not compile. */
const withoutWaiting = (code: string) =>
	once(
		code,
		/if \(async\.length === 0 && pending\.length === 0\) \{\s*fn\(deriveds\);\s*return;\s*\}/,
		`if (async.length || pending.length) throw new Error('vite.config.ts leaves out components that wait');
			fn(deriveds);
			return;`
	);

/** A `select` with attributes that are spread would need them. */
const withoutSpreadSelects = (code: string) =>
	once(
		code,
		/import \{\s*init_select,\s*select_option,\s*set_default_select_value,\s*set_selected\s*\} from '\.\/bindings\/select\.js';/,
		`const left_out = () => { throw new Error('${spreadSelects}'); },
			init_select = left_out, select_option = left_out, set_default_select_value = left_out, set_selected = left_out;`
	);
const spreadSelects = 'vite.config.ts leaves out attributes that are spread over a select';

function once(code: string, from: RegExp, to: string): string {
	if (!from.test(code)) throw new Error(`${from} is not there any more.`);
	return code.replace(from, to);
}

/**
 * Yjs with its first format wherever it would use the second: both classes stand for one another, in all that it does. So
 * what it keeps as pending is in the first as well, and goes out as it is.
 */
function inOneFormat(code: string): string {
	const asItIs = once(code, /i === 0 \? update : convertUpdateFormatV2ToV1\(update\)/, 'update');
	return asItIs.replace(/(?<!class |, )\b((?:Update|DS)(?:En|De)coder)V2\b/g, '$1V1');
}

/**
 * Terser finds what Vite's own minifier leaves, and the other way round: 1 to 2 % less for seconds of a build. Hence only
 * for the pieces that weigh most.
 */
function minifiedTwice(): Plugin {
	return {
		name: 'wayfellow-minified-twice',
		apply: 'build',
		applyToEnvironment: ({ name }) => name === 'client',
		async renderChunk(code) {
			if (code.length < 16_000) return;
			// None of what Terser calls unsafe: a property that is only read is how an effect says what it depends on.
			return (await minify(code, { module: true, ecma: 2020, compress: { passes: 3 } })).code;
		}
	};
}

/** A script that pages without script ask for by its name, when something waits to be sent: see `discussion/on-return-check.ts`. */
function onReturn(): Plugin {
	return {
		name: 'wayfellow-on-return',
		apply: 'build',
		applyToEnvironment: ({ name }) => name === 'client',
		buildStart() {
			this.emitFile({ type: 'chunk', id: resolve('src/lib/discussion/on-return.ts'), fileName: '_app/on-return.js' });
		}
	};
}

/** What every page is made of, but for what SvelteKit itself looks for by name. */
const everyPage =
	/src\/lib\/ui\/(?:Avatar|Icon)\.svelte|vite\/preload-helper|node_modules\/(?:svelte\/|devalue\/|@sveltejs\/kit\/src\/(?!runtime\/client\/(?:client-entry|entry|payload|bundle)\.js))/;
/** And but for what only a few pages call: it goes with them. */
const fewPages =
	/svelte\/src\/(?:reactivity\/map|internal\/client\/dom\/elements\/(?:actions|customizable-select|bindings\/(?:select|input)))\.js$|kit\/src\/runtime\/app\/forms\/client\.js$/;

export default defineConfig({
	plugins: [
		sveltekit({
			// Nobody asks a page which version drew it.
			compilerOptions: { discloseVersion: false },
			adapter: adapter(),
			// With the list of all routes in it, the script of every page would grow with each page that is added.
			router: { resolution: 'server' },
			// Kit's own check covers forms only, is off in development, and takes a script (no Origin) for an attack.
			// `handle` in src/hooks.server.ts checks every change, everywhere; hence none of it here.
			csrf: { trustedOrigins: ['*'] },
			csp: {
				mode: 'nonce',
				directives: {
					'default-src': ['none'],
					'script-src': ['self'],
					'style-src': ['self'],
					// Carets carry their colour as an inline style; kit's announcer is hidden by one.
					'style-src-attr': ['unsafe-inline'],
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'manifest-src': ['self'],
					'worker-src': ['self'],
					'form-action': ['self'],
					'frame-ancestors': ['none'],
					'base-uri': ['none']
				}
			}
		}),
		lighterPackages(),
		minifiedTwice(),
		onReturn(),
		live()
	],
	server: { port: 5173, strictPort: true },
	// Else every page carries a table of what all the others are made of, and grows with each new route. The page itself
	// names its own scripts in its HTML.
	build: { modulePreload: false },
	environments: {
		client: {
			build: {
				rolldownOptions: {
					// Svelte doesn't say so itself. Else whatever names one of its parts would carry all of them along.
					treeshake: {
						moduleSideEffects: [
							{ test: /svelte\/src\/(?!internal\/flags)|kit\/src\/runtime\/app\/forms\//, sideEffects: false }
						]
					},
					output: {
						// The editor's packages in one piece: cut along what comments and suggestions share of them, they weigh more.
						codeSplitting: {
							groups: [
								{ name: 'page', test: (id) => everyPage.test(id) && !fewPages.test(id) },
								{
									name: 'editor',
									test: /node_modules\/(?:prosemirror-|@tiptap\/y-tiptap|yjs|lib0|y-|orderedmap|w3c-keyname|rope-sequence)/
								},
								// What of ours comes with the editor, but for what pages without it need: a group takes along all
								// that it imports.
								{ name: 'answered', test: /src\/lib\/reflection\/(?:answered|document|words)\.ts$/ },
								{ name: 'local-copy', test: /src\/lib\/reflection\/local-copy\.ts$/ },
								{ name: 'writing', test: /src\/lib\/reflection\/(?:Editing|commands|schema)\./ }
							]
						}
					}
				}
			}
		}
	},
	test: {
		// One project after the other, heavier ones with fewer processes: two cores are all we count on. The seconds end what
		// hangs, and judge nothing: several times what a test takes, because a machine may have other things to do.
		projects: [
			project('unit', { include: ['src/**/*.test.ts', 'tests/*.test.ts'], order: 0, workers: 2, seconds: 60 }, true),
			project('postgres', { include: ['tests/postgres/*.test.ts'], order: 1, workers: 2, seconds: 120 }),
			project('sockets', {
				include: ['tests/sockets/*.test.ts'],
				order: 2,
				workers: 1,
				seconds: 240,
				// The platform's own client of server-sent events, which Node still hides.
				node: ['--experimental-eventsource', '--disable-warning=ExperimentalWarning']
			}),
			project('faults', { include: ['tests/faults/*.test.ts'], order: 3, workers: 2, seconds: 240, isolate: false }),
			project('journeys', { include: ['tests/journeys/*.test.ts'], order: 4, workers: 2, seconds: 240 })
		]
	}
});

/** A kind of test. Only those that render components need the framework's plugins; the rest start faster without. */
function project(
	name: string,
	{
		include,
		order,
		workers,
		seconds,
		isolate = true,
		node = []
	}: { include: string[]; order: number; workers: number; seconds: number; isolate?: boolean; node?: string[] },
	extend = false
): TestProjectInlineConfiguration {
	return {
		extends: extend || undefined,
		test: {
			name,
			include,
			environment: 'node',
			maxWorkers: workers,
			execArgv: node,
			isolate,
			sequence: { groupOrder: order },
			testTimeout: seconds * 1_000,
			// Making the first database or starting the product costs many CPU seconds on a busy machine.
			hookTimeout: 240_000
		}
	};
}

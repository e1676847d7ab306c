/**
 * Reads a recording of real writing, in the format of josephg/editing-traces: `concurrent` (several authors, each
 * transaction names the ones it was written on top of) or sequential (one author, each on top of the last).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';

/** Position and number of deleted characters count Unicode code points, as the format says, not UTF-16 units. */
export type Patch = [position: number, deleted: number, inserted: string];

export type Edit = {
	author: number;
	/** Indexes of the edits whose merged result this one was written on. */
	parents: number[];
	patches: Patch[];
	/** Milliseconds since 1970; the same everywhere when the recording kept no times. */
	at: number;
};

export type Trace = {
	name: string;
	authors: number;
	startContent: string;
	endContent: string;
	edits: Edit[];
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const patches = v.array(v.pipe(v.array(v.any()), v.check(isPatch, 'a patch is [position, deleted, inserted]')));
const schema = v.object({
	kind: v.optional(v.string()),
	startContent: v.optional(v.string(), ''),
	endContent: v.string(),
	numAgents: v.optional(v.pipe(count, v.minValue(1)), 1),
	txns: v.array(
		v.object({
			agent: v.optional(count, 0),
			parents: v.optional(v.array(count)),
			patches: v.optional(patches, []),
			time: v.optional(v.string()),
			timestamp: v.optional(v.string())
		})
	)
});

function isPatch(patch: unknown[]): boolean {
	const [position, deleted, inserted] = patch;
	return (
		Number.isInteger(position) && Number.isInteger(deleted) && (inserted === undefined || typeof inserted === 'string')
	);
}

const shelf = join(import.meta.dirname, '../../tests/data/editing-traces');

/**
 * @param nameOrPath a name on the shelf (`friendsforever`), or a path to a .json or .json.gz
 * @throws Error in a sentence when there is no such trace or the file is not one
 */
export function readTrace(nameOrPath: string): Trace {
	const path = [nameOrPath, join(shelf, `${nameOrPath}.json.gz`), join(shelf, `${nameOrPath}.json`)].find(
		(candidate) => existsSync(candidate) && /\.json(\.gz)?$/.test(candidate)
	);
	if (!path) {
		const names = readdirSync(shelf).flatMap((file) => /^(.+)\.json(\.gz)?$/.exec(file)?.[1] ?? []);
		throw new Error(
			`There is no trace "${nameOrPath}". Give one of ${names.join(', ')}, or a path to a .json or .json.gz.`
		);
	}
	const bytes = readFileSync(path);
	const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
	return parseTrace(basename(path).replace(/\.json(\.gz)?$/, ''), JSON.parse(text));
}

/** Checks what a file holds. Separate from reading, so that tests can write a trace by hand. */
export function parseTrace(name: string, content: unknown): Trace {
	const result = v.safeParse(schema, content);
	if (!result.success) {
		const issue = result.issues[0];
		throw new Error(`"${name}" is not an editing trace: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
	}
	const { startContent, endContent, numAgents, txns } = result.output;
	const edits = txns.map((txn, index): Edit => {
		const parents = txn.parents ?? (index === 0 ? [] : [index - 1]);
		if (txn.agent >= numAgents) throw new Error(`"${name}": edit ${index} is by author ${txn.agent} of ${numAgents}.`);
		if (parents.some((parent) => parent >= index)) throw new Error(`"${name}": edit ${index} comes before its parent.`);
		const at = Date.parse(txn.time ?? txn.timestamp ?? '');
		return {
			author: txn.agent,
			parents,
			patches: txn.patches.map(([position, deleted, inserted]) => [position, deleted, inserted ?? ''] as Patch),
			at: Number.isNaN(at) ? 0 : at
		};
	});
	return { name, authors: numAgents, startContent, endContent, edits };
}

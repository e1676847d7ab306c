/** What people see of a document, and whether Yjs's own bookkeeping of it is in order. */
import * as Y from 'yjs';

/** Every root that editors and forgers use has its kind from the start, as in every editor. */
export function blank(options?: { gc: boolean }): Y.Doc {
	const doc = new Y.Doc({ guid: 'fuzz', ...options });
	doc.getText('text');
	doc.getMap('map');
	doc.getArray('list');
	doc.getXmlFragment('prosemirror');
	return doc;
}

/**
 * As `Y.applyUpdate`, without the tidying of marks that Yjs does after it. An editor tells everybody what it tidied; a
 * document that tells nobody would be alone with it, and see other marks when an older edit comes in late.
 */
export function apply(doc: Y.Doc, update: Uint8Array): void {
	doc.transact((transaction) => {
		Y.applyUpdate(doc, update);
		transaction.local = true;
	});
}

export const pending = ({ store }: Y.Doc) => store.pendingStructs !== null || store.pendingDs !== null;

/** All that a person could see, to the last attribute. */
export const seen = (doc: Y.Doc): string =>
	JSON.stringify(
		[doc.getText('text'), doc.getMap('map'), doc.getArray('list'), doc.getXmlFragment('prosemirror')].map(plain)
	);

function plain(value: unknown): unknown {
	if (value instanceof Y.Text)
		return [
			value
				.toDelta()
				.map(({ insert, attributes }: { insert: unknown; attributes?: object }) => [plain(insert), plain(attributes)]),
			plain(value.getAttributes())
		];
	if (value instanceof Y.XmlElement) return [value.nodeName, plain(value.getAttributes()), value.toArray().map(plain)];
	if (value instanceof Y.XmlFragment || value instanceof Y.Array) return value.toArray().map(plain);
	if (value instanceof Y.Map) return plain(Object.fromEntries(value.entries()));
	if (value instanceof Uint8Array) return [...value];
	if (Array.isArray(value)) return value.map(plain);
	// In which order a map lists its keys is no part of it.
	if (value && typeof value === 'object')
		return Object.entries(value)
			.map(([key, inner]) => [key, plain(inner)] as const)
			.sort(([a], [b]) => (a < b ? -1 : 1));
	return value;
}

/** Everything about a document: what is seen, which clocks exist and are deleted, and whether something is pending. */
export function everything(doc: Y.Doc): string {
	const deleted = [...Y.createDeleteSetFromStructStore(doc.store).clients].sort(([a], [b]) => a - b);
	return JSON.stringify([seen(doc), [...Y.encodeStateVector(doc)], deleted, pending(doc)]);
}

/** Every letter and value that is there, whatever its order: clocks per client. Marks are not among them. */
export function standing(doc: Y.Doc): string {
	const ranges: number[] = [];
	for (const [client, structs] of [...doc.store.clients].sort(([a], [b]) => a - b))
		for (const struct of structs) {
			if (!(struct instanceof Y.Item) || struct.deleted || struct.content instanceof Y.ContentFormat) continue;
			const { clock } = struct.id;
			if (ranges.at(-3) === client && ranges.at(-1) === clock) ranges[ranges.length - 1] = clock + struct.length;
			else ranges.push(client, clock, clock + struct.length);
		}
	return ranges.join();
}

/**
 * @throws Error when clocks have holes, or neighbours do not know each other: such a document would fail its reader
 * later on
 */
export function mustBeSound(doc: Y.Doc): void {
	for (const [client, structs] of doc.store.clients) {
		let clock = 0;
		for (const struct of structs) {
			if (struct.id.clock !== clock) throw new Error(`a hole in the clocks of ${client}`);
			clock += struct.length;
			if (!(struct instanceof Y.Item)) continue;
			const { left, right, parent, parentSub } = struct;
			if (!(parent instanceof Y.AbstractType)) throw new Error('a struct that stands nowhere');
			if (left ? left.right !== struct : parentSub === null && parent._start !== struct)
				throw new Error('a left neighbour that knows nothing of it');
			if (right ? right.left !== struct : parentSub !== null && parent._map.get(parentSub) !== struct)
				throw new Error('a right neighbour that knows nothing of it');
		}
	}
}

/**
 * What a post may consist of, for ProseMirror: blocks and looks of a reflection, without what is said about the text there,
 * and with people and offers. `body.ts` reads what comes out of it, and draws the same.
 */
import { Fragment, type MarkSpec, Node, type NodeSpec, Schema } from 'prosemirror-model';
import { schema as reflection } from '#lib/reflection/schema.ts';
import type { Body } from './body.ts';

const { nodes, marks } = reflection;
/** As in a reflection, without attributes that only suggestions need. */
type Kept = 'paragraph' | 'bullet_list' | 'ordered_list' | 'list_item' | 'blockquote' | 'hard_break';
const plain = (name: Kept, tag: string): NodeSpec => {
	const { attrs: _, ...spec } = nodes[name].spec;
	return { ...spec, toDOM: () => (name === 'hard_break' ? [tag] : [tag, 0]) };
};

const spec = {
	nodes: {
		doc: nodes.doc.spec,
		paragraph: plain('paragraph', 'p'),
		heading: {
			...nodes.heading.spec,
			attrs: { level: { default: 2 } },
			// One level lower than what is drawn of it, as on the page.
			parseDOM: [1, 2, 3, 4, 5, 6].map((n) => ({ tag: `h${n}`, attrs: { level: n >= 4 ? 3 : 2 } })),
			toDOM: (node: Node) => [node.attrs.level === 3 ? 'h4' : 'h3', 0]
		} as NodeSpec,
		bullet_list: plain('bullet_list', 'ul'),
		ordered_list: plain('ordered_list', 'ol'),
		list_item: plain('list_item', 'li'),
		blockquote: plain('blockquote', 'blockquote'),
		text: nodes.text.spec,
		hard_break: plain('hard_break', 'br'),
		mention: {
			group: 'inline',
			inline: true,
			atom: true,
			attrs: { id: {}, name: {} },
			parseDOM: [
				{
					tag: 'span[data-mention]',
					getAttrs: (dom) => ({ id: dom.dataset.mention, name: dom.textContent.replace(/^@/, '') })
				}
			],
			toDOM: ({ attrs }) => ['span', { class: 'mention', 'data-mention': String(attrs.id) }, `@${attrs.name}`],
			leafText: ({ attrs }) => `@${attrs.name}`
		} as NodeSpec,
		reference: {
			group: 'inline',
			inline: true,
			atom: true,
			attrs: { kind: {}, id: {}, title: {} },
			parseDOM: [
				{
					tag: 'span[data-reference]',
					getAttrs: (dom) => {
						const [kind, id] = dom.dataset.reference!.split(' ');
						return kind === 'microcredential' || kind === 'row' ? { kind, id, title: dom.textContent } : false;
					}
				}
			],
			toDOM: ({ attrs }) => [
				'span',
				{ class: 'reference', 'data-reference': `${attrs.kind} ${attrs.id}` },
				String(attrs.title)
			],
			leafText: ({ attrs }) => String(attrs.title)
		} as NodeSpec
	},
	marks: { link: marks.link.spec, em: marks.em.spec, strong: marks.strong.spec } satisfies Record<string, MarkSpec>
};

export const schema = new Schema(spec);

/** What stands in the editor, as it is sent. */
export const bodyOf = (doc: Node): Body => doc.toJSON() as Body;

/** The same without looks, as `wordsOf` says it: a line for each block. */
export function wordsIn(doc: Node): string {
	return doc.textBetween(0, doc.content.size, '\n');
}

/** A post that was kept, as a document; words alone where it can't be read. */
export function docOf(words: string, body: unknown): Node {
	if (body)
		try {
			const doc = Node.fromJSON(schema, body);
			const valid = (node: Node) => {
				if (!node.type.validContent(node.content)) throw new RangeError('no such content');
			};
			valid(doc);
			doc.descendants(valid);
			return doc;
		} catch {
			// Kept by another version of the product: the words are there.
		}
	const line = (text: string, i: number) => [
		...(i > 0 ? [schema.nodes.hard_break.create()] : []),
		...(text ? [schema.text(text)] : [])
	];
	return schema.nodes.doc.create(
		null,
		words
			.split(/\n{2,}/)
			.map((paragraph) => schema.nodes.paragraph.create(null, Fragment.from(paragraph.split('\n').flatMap(line))))
	);
}

/**
 * What a reflection's text may consist of, for ProseMirror. `render.ts` draws the same on the server.
 *
 * The binding between Yjs and ProseMirror deletes from the shared document whatever a schema refuses, and with it the
 * words inside. So the content rules here are loose (merging two people's edits can leave a list item that begins with
 * a list), and `ForgivingSchema` turns what it does not know into a paragraph instead of refusing it.
 */
import {
	Fragment,
	type Attrs,
	type Mark,
	type MarkSpec,
	type MarkType,
	type Node,
	type NodeType,
	Schema,
	type SchemaSpec
} from 'prosemirror-model';
import { safeAddress } from './address.ts';

/** h1 is the page's own; anything out of range is drawn as the nearest of the two. */
export const headingLevel = (level: unknown): 2 | 3 => (Number(level) >= 3 ? 3 : 2);

/** What `suggestions.ts` says of a block; a block that bears any of it is drawn with a class. */
const suggested = { split: { default: null }, join: { default: null }, was: { default: null } };
const cues = ({ attrs: { split, join, was } }: Node) => {
	const of = [split && 'split', join && 'join', was && 'was'].filter(Boolean).join(' ');
	return of ? { class: of } : {};
};
const proposal = (tag: string): MarkSpec => ({
	// Without an id, as a script may write it, it is a suggestion all the same: what is not frozen must be seen not to be.
	attrs: { id: { default: 'unnamed' } },
	// Typing behind it is not part of it; `suggesting.ts` says so where it is.
	inclusive: false,
	toDOM: () => [tag, 0]
});

const spec = {
	nodes: {
		doc: { content: 'block+' },
		paragraph: {
			group: 'block',
			content: 'inline*',
			attrs: suggested,
			parseDOM: [{ tag: 'p' }, { tag: 'pre', preserveWhitespace: 'full' }],
			toDOM: (node) => ['p', cues(node), 0]
		},
		heading: {
			group: 'block',
			content: 'inline*',
			// The part of the microcredential that is answered below it, see answered.ts.
			attrs: { level: { default: 2 }, part: { default: null }, ...suggested },
			defining: true,
			parseDOM: [1, 2, 3, 4, 5, 6].map((n) => ({
				tag: `h${n}`,
				getAttrs: ({ dataset }) => ({ level: headingLevel(n), part: dataset.part ?? null })
			})),
			toDOM: (node) => {
				const { level, part } = node.attrs as Attrs;
				return [`h${headingLevel(level)}`, { ...cues(node), ...(part ? { 'data-part': String(part) } : {}) }, 0];
			}
		},
		bullet_list: {
			group: 'block',
			content: 'list_item+',
			parseDOM: [{ tag: 'ul' }],
			toDOM: () => ['ul', 0]
		},
		ordered_list: {
			group: 'block',
			content: 'list_item+',
			parseDOM: [{ tag: 'ol' }],
			toDOM: () => ['ol', 0]
		},
		list_item: {
			content: 'block+',
			defining: true,
			parseDOM: [{ tag: 'li' }],
			toDOM: () => ['li', 0]
		},
		blockquote: {
			group: 'block',
			content: 'block+',
			defining: true,
			parseDOM: [{ tag: 'blockquote' }],
			toDOM: () => ['blockquote', 0]
		},
		text: { group: 'inline' },
		hard_break: {
			group: 'inline',
			inline: true,
			selectable: false,
			attrs: { insertion: { default: null }, deletion: { default: null } },
			parseDOM: [{ tag: 'br' }],
			toDOM: ({ attrs: { insertion, deletion } }) => [
				'br',
				insertion || deletion ? { class: insertion ? 'insertion' : 'deletion' } : {}
			],
			leafText: () => '\n'
		}
	},
	marks: {
		// Where a comment belongs: nothing that one sees by itself. Several may lie over the same words.
		comment: {
			attrs: { id: {} },
			excludes: '',
			// Typing behind the words is not what the comment was about.
			inclusive: false,
			parseDOM: [{ tag: 'span[data-comment]', getAttrs: (dom) => ({ id: dom.dataset.comment }) }],
			toDOM: (mark) => ['span', { 'data-comment': String(mark.attrs.id) }, 0]
		},
		// Words that serve a row of the rubric; a passage may serve several.
		rubric: {
			attrs: { row: {} },
			excludes: '',
			inclusive: false,
			parseDOM: [{ tag: 'span[data-rubric]', getAttrs: (dom) => ({ row: dom.dataset.rubric }) }],
			toDOM: (mark) => ['span', { 'data-rubric': String(mark.attrs.row) }, 0]
		},
		insertion: proposal('ins'),
		deletion: proposal('del'),
		restyled: {
			attrs: { id: { default: 'unnamed' }, was: { default: '[]' } },
			inclusive: false,
			toDOM: () => ['span', { class: 'restyled' }, 0]
		},
		link: {
			attrs: { href: {} },
			// Typing after a link is not part of it.
			inclusive: false,
			parseDOM: [
				{
					tag: 'a[href]',
					getAttrs: (dom) => {
						const href = safeAddress(dom.getAttribute('href'));
						return href === null ? false : { href };
					}
				}
			],
			toDOM: (mark) => ['a', { href: safeAddress(mark.attrs.href), rel: 'noopener noreferrer' }, 0]
		},
		em: {
			parseDOM: [
				{ tag: 'i' },
				{ tag: 'em' },
				{ style: 'font-style=italic' },
				{ style: 'font-style=normal', clearMark: (mark) => mark.type.name === 'em' }
			],
			toDOM: () => ['em', 0]
		},
		strong: {
			parseDOM: [
				{ tag: 'strong' },
				// Google Docs wraps everything it copies in a <b> that is not bold.
				{ tag: 'b', getAttrs: (dom) => dom.style.fontWeight !== 'normal' && null },
				{ style: 'font-weight=400', clearMark: (mark) => mark.type.name === 'strong' },
				{ style: 'font-weight', getAttrs: (value) => /^(bold(er)?|[6-9]\d{2})$/.test(value) && null }
			],
			toDOM: () => ['strong', 0]
		}
	}
} satisfies SchemaSpec;

type NodeName = keyof typeof spec.nodes;
type MarkName = keyof typeof spec.marks;

type Content = Fragment | Node | readonly Node[] | null;

class ForgivingSchema extends Schema<NodeName, MarkName> {
	/** Like its parent; words in an element that the schema doesn't know, or not there, become a paragraph. */
	override node(type: string | NodeType, attrs?: Attrs | null, content?: Content, marks?: readonly Mark[]): Node {
		try {
			return super.node(type, attrs, content as Fragment, marks);
		} catch (refused) {
			const children = Fragment.from(content as Fragment);
			// Nothing is lost with an element that holds no words: let it go, as both sides of a merge will.
			if (!hasWords(children)) throw refused;
			const known = typeof type === 'string' ? this.nodes[type as NodeName] : type;
			const blocks = known && known.contentMatch.matchType(this.nodes.paragraph) ? known : null;
			return blocks
				? blocks.create(attrs, asBlocks(this, children))
				: this.nodes.paragraph.create(null, asInline(this, children));
		}
	}

	/** Like its parent; marks that the schema doesn't know are left out, and an object in the text is one odd character. */
	override text(text: string, marks?: readonly Mark[] | null): Node {
		return super.text(
			typeof text === 'string' ? text : '\ufffc',
			marks?.filter((mark) => mark !== unknownMark)
		);
	}

	override mark(type: string | MarkType, attrs?: Attrs | null): Mark {
		try {
			return super.mark(type, attrs);
		} catch {
			return unknownMark;
		}
	}
}

/** Stands in a list of marks for one that can't be made; `text` leaves it out. */
const unknownMark = {} as Mark;

const hasWords = (content: Fragment) => content.textBetween(0, content.size, '', ' ').length > 0;

/** Loose inline content in paragraphs, blocks as they are. */
function asBlocks(schema: Schema<NodeName, MarkName>, content: Fragment): Node[] {
	const blocks: Node[] = [];
	let loose: Node[] = [];
	const close = () => {
		if (loose.length) blocks.push(schema.nodes.paragraph.create(null, loose));
		loose = [];
	};
	content.forEach((child) => {
		if (child.isInline) return void loose.push(child);
		close();
		blocks.push(
			child.type.isInGroup('block') ? child : schema.nodes.paragraph.create(null, asInline(schema, child.content))
		);
	});
	close();
	return blocks;
}

/** All text below, a line for each block. */
function asInline(schema: Schema<NodeName, MarkName>, content: Fragment): Node[] {
	const inline: Node[] = [];
	content.forEach((child) => {
		if (child.isInline) return void inline.push(child);
		if (inline.length) inline.push(schema.nodes.hard_break.create());
		inline.push(...asInline(schema, child.content));
	});
	return inline;
}

export const schema = new ForgivingSchema(spec);

/**
 * Makes what others put on the clipboard into HTML that says what it means, before ProseMirror reads it. Words are never
 * dropped: what has no place in a reflection (tables, boxes) arrives as paragraphs.
 */
import { Fragment, Slice } from 'prosemirror-model';
import { schema } from './schema.ts';

/** What is pasted, without comments that do not come along. */
export function withoutComments({ content, openStart, openEnd }: Slice, keeps: (id: string) => boolean): Slice {
	const clean = (fragment: Fragment): Fragment =>
		Fragment.from(
			fragment.content.map((node) =>
				(node.isText ? node : node.copy(clean(node.content))).mark(
					node.marks.filter(({ type, attrs }) => type !== schema.marks.comment || keeps(String(attrs.id)))
				)
			)
		);
	return new Slice(clean(content), openStart, openEnd);
}

const blocks = 'p, div, ul, ol, h1, h2, h3, h4, h5, h6, table, blockquote';

export function meaningOfPaste(html: string): string {
	// What was copied here means what it says.
	if (html.includes('data-pm-slice')) return html;
	const page = new DOMParser().parseFromString(html, 'text/html');
	for (const cell of page.querySelectorAll('td, th')) {
		if (cell.querySelector(blocks)) continue;
		const paragraph = page.createElement('p');
		paragraph.append(...cell.childNodes);
		cell.append(paragraph);
	}
	// Room between paragraphs that others make of empty ones.
	for (const empty of page.querySelectorAll('p, h1, h2, h3, br')) {
		let before = empty.previousSibling;
		while (before?.nodeType === 3 && !before.textContent!.trim()) before = before.previousSibling;
		if (empty.localName === 'br' ? (before as Element | null)?.matches?.(blocks) : !empty.textContent.trim())
			empty.remove();
	}
	return page.body.innerHTML;
}

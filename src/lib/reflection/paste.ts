/**
 * Makes what word processors put on the clipboard into HTML that says what it means, before ProseMirror reads it.
 * Words are never dropped: what has no place in a reflection (tables, boxes) arrives as paragraphs.
 */

const blocks = 'p, div, ul, ol, h1, h2, h3, h4, h5, h6, table, blockquote';

export function meaningOfPaste(html: string): string {
	// What was copied here means what it says.
	if (html.includes('data-pm-slice')) return html;
	const page = new DOMParser().parseFromString(html, 'text/html');
	const all = (selector: string) => [...page.querySelectorAll<HTMLElement>(selector)];
	const within = (element: Element, tag: string) => {
		const made = page.createElement(tag);
		made.append(...element.childNodes);
		return made;
	};
	// Word's comments, and what it hides.
	for (const junk of all('[style*="mso-element:comment"], .msocomanchor, [style*="mso-hide:all"]')) junk.remove();
	for (const cell of all('td, th')) if (!cell.querySelector(blocks)) cell.append(within(cell, 'p'));
	wordLists(page, all);
	for (const title of all('p.MsoTitle')) title.replaceWith(within(title, 'h1'));
	for (const quote of all('p[class*="Quote"]')) {
		quote.append(within(quote, 'p'));
		quote.replaceWith(within(quote, 'blockquote'));
	}
	// Room between paragraphs that others make of empty ones.
	for (const empty of all('p, h1, h2, h3, br')) {
		let before = empty.previousSibling;
		while (before?.nodeType === 3 && !before.textContent!.trim()) before = before.previousSibling;
		if (empty.localName === 'br' ? (before as Element | null)?.matches?.(blocks) : !empty.textContent.trim())
			empty.remove();
	}
	return page.body.innerHTML;
}

/** Word writes a list as paragraphs with a list and a level in their style, and a bullet or number as text. */
function wordLists(page: Document, all: (selector: string) => HTMLElement[]) {
	let lists: { element: HTMLElement; of: string }[] = [];
	for (const paragraph of all('p[style*="mso-list"]')) {
		const [, of, digits] = /mso-list:\s*(l\d+)\s+level(\d)/.exec(paragraph.getAttribute('style')!) ?? [];
		if (!of) continue;
		const level = Number(digits);
		const bullet = paragraph.querySelector('[style*="mso-list:Ignore" i], [style*="mso-list: Ignore" i]');
		const tag = /^\W*[\da-z]{1,4}[.)]/i.test(bullet?.textContent ?? '') ? 'ol' : 'ul';
		bullet?.remove();
		if (paragraph.previousElementSibling !== lists[0]?.element) lists = [];
		while (lists.length > level) lists.pop();
		const here = lists[level - 1];
		if (here && (here.of !== of || here.element.localName !== tag)) lists.pop();
		while (lists.length < level) {
			const element = page.createElement(tag);
			const parent = lists.at(-1)?.element;
			if (!parent) paragraph.before(element);
			else (parent.lastElementChild ?? parent.appendChild(page.createElement('li'))).append(element);
			lists.push({ element, of });
		}
		const item = page.createElement('li');
		lists.at(-1)!.element.append(item);
		item.append(paragraph);
	}
}

/**
 * What Word puts on the clipboard says what it is in styles of its own. Loaded when the first such text is pasted: for
 * those who never use Word it would be weight.
 */

/** The same as headings, quotations and lists, without comments and what is hidden. */
export function meaningOfWord(html: string): string {
	const page = new DOMParser().parseFromString(html, 'text/html');
	const all = (selector: string) => [...page.querySelectorAll<HTMLElement>(selector)];
	const within = (element: Element, tag: string) => {
		const made = page.createElement(tag);
		made.append(...element.childNodes);
		return made;
	};
	for (const junk of all('[style*="mso-element:comment"], .msocomanchor, [style*="mso-hide:all"]')) junk.remove();
	wordLists(page, all('p[style*="mso-list"]'));
	for (const title of all('p.MsoTitle')) title.replaceWith(within(title, 'h1'));
	for (const quote of all('p[class*="Quote"]')) {
		quote.append(within(quote, 'p'));
		quote.replaceWith(within(quote, 'blockquote'));
	}
	return page.body.innerHTML;
}

/** Word writes a list as paragraphs with a list and a level in their style, and a bullet or number as text. */
function wordLists(page: Document, paragraphs: HTMLElement[]) {
	let lists: { element: HTMLElement; of: string }[] = [];
	for (const paragraph of paragraphs) {
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

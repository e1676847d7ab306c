/**
 * Makes what word processors put on the clipboard into HTML that says what it means, before ProseMirror reads it.
 * Words are never dropped: what has no place in a reflection (tables, boxes) arrives as paragraphs.
 */

const listStyle = /mso-list:\s*l\d+\s+level(\d+)/;

export function meaningOfPaste(html: string): string {
	const page = new DOMParser().parseFromString(html, 'text/html');
	for (const cell of page.querySelectorAll('td, th')) {
		if (cell.querySelector('p, div, ul, ol, h1, h2, h3, h4, h5, h6, table')) continue;
		const paragraph = page.createElement('p');
		paragraph.append(...cell.childNodes);
		cell.append(paragraph);
	}
	wordLists(page);
	return page.body.innerHTML;
}

/** Word writes a list as paragraphs with a level in their style and a bullet as text. */
function wordLists(page: Document) {
	let lists: HTMLElement[] = [];
	let previous: Element | null = null;
	for (const paragraph of page.querySelectorAll<HTMLElement>('p[style*="mso-list"]')) {
		const level = Math.min(9, Number(listStyle.exec(paragraph.getAttribute('style') ?? '')?.[1] ?? 0));
		if (level === 0) continue;
		const bullet = paragraph.querySelector('[style*="mso-list:Ignore" i], [style*="mso-list: Ignore" i]');
		const ordered = /^\s*[\da-z]{1,4}[.)]/i.test(bullet?.textContent ?? '');
		bullet?.remove();
		if (previous === null || paragraph.previousElementSibling !== previous) lists = [];
		while (lists.length > level) lists.pop();
		while (lists.length < level) {
			const list = page.createElement(ordered ? 'ol' : 'ul');
			const parent = lists.at(-1);
			if (!parent) paragraph.before(list);
			else (parent.lastElementChild ?? parent.appendChild(page.createElement('li'))).append(list);
			lists.push(list);
		}
		const item = page.createElement('li');
		const list = lists.at(-1)!;
		list.append(item);
		previous = lists[0]!;
		item.append(paragraph);
	}
}

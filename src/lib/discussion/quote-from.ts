/** Characters that are quoted where nobody has selected any, and at most. */
const byItself = 300;
const most = 600;

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What of a post is quoted: what is selected in it, or its beginning. */
export function quoteFrom(words: HTMLElement, selection: Selection | null): string {
	const range = selection && !selection.isCollapsed && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
	const inside = range && words.contains(range.startContainer) && words.contains(range.endContainer);
	const chosen = inside ? oneLine(selection!.toString()).slice(0, most) : '';
	return (chosen || oneLine(words.innerText).slice(0, byItself)).toWellFormed().trim();
}

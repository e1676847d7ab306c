/** A reflection as a file in Markdown: title, who and when, the text, and below it who wrote which words, and comments as footnotes. */
import { markdownLine, markdownOf, markdownWholeLine, noteMark } from '../markdown.ts';
import type { SettledBlock } from '../settled.ts';
import { leavesOf } from '../tidy.ts';
import { authorOf, type Copy, headLines, keyOf } from './copy.ts';
import { countLine, linesOf, resolvedLine, type Talk, whoAndWhen } from './talk.ts';

export function makeMarkdown(copy: Copy): string {
	const text = markdownOf(copy.text.content).trimEnd();
	const who = credits(copy);
	return [
		`# ${markdownLine(copy.title)}`,
		headLines(copy).map(markdownLine).join('\\\n'),
		text || 'Nothing is written yet.',
		...(who.length > 0 ? ['---', '## Who wrote which words', who.join('\n')] : []),
		...(copy.talk ? ['---', '## Comments', ...talkIn(copy.talk)] : [])
	]
		.join('\n\n')
		.concat('\n');
}

/** How many there are, those on words that are not here, and a note for each. */
function talkIn(talk: readonly Talk[]): string[] {
	const unplaced = talk.filter((one) => !one.isPlaced);
	return [
		countLine(talk),
		...(unplaced.length > 0
			? [`On words that are not in this text: ${unplaced.map(({ number }) => noteMark(number)).join(', ')}`]
			: []),
		...talk.map(noteOf)
	];
}

/** One paragraph, so that a program that knows no notes shows it whole. */
function noteOf(one: Talk): string {
	const resolved = resolvedLine(one);
	const lines = [
		markdownLine(one.about),
		...one.said.flatMap((post) => [
			`**${markdownLine(post.by)}**${markdownLine(`${whoAndWhen(post).slice(post.by.length)}:`)}`,
			...linesOf(post.words).map(markdownWholeLine),
			...post.notes.map(markdownLine)
		]),
		...(resolved ? [markdownLine(resolved)] : [])
	];
	return `${noteMark(one.number)}: ${lines.join('\\\n    ')}`;
}

/** Markdown has no marks for authors: their words are listed, each stretch with its author. */
function credits(copy: Copy): string[] {
	const names = new Map(keyOf(copy).map(({ id, name }) => [id, name]));
	if (names.size === 0) return [];
	const stretches: { by: string | null; text: string }[] = [];
	const add = (by: string | null, text: string) => {
		const last = stretches.at(-1);
		if (last?.by === by) last.text += text;
		else stretches.push({ by, text });
	};
	const each = (block: SettledBlock) => {
		for (const leaf of leavesOf(block)) {
			for (const part of leaf.content ?? []) {
				if (part.type === 'text') add(authorOf(part) ?? null, part.text);
				else if (stretches.length > 0) stretches.at(-1)!.text += ' ';
			}
			if (stretches.length > 0) stretches.at(-1)!.text += ' ';
		}
	};
	copy.text.content.forEach(each);
	return stretches
		.filter(({ text }) => text.trim() !== '')
		.map(({ by, text }) => `- **${markdownLine(names.get(by) ?? 'Not known')}:** ${markdownLine(text)}`);
}

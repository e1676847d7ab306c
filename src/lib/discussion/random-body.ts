/** Posts of every shape that the schema allows, from a seed, for tests. */
import type { Block, Body, Inline, Mark } from './body.ts';

/** The same numbers for the same seed. */
export function numbersFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const words = [
	'wait time',
	'<script>alert(1)</script>',
	'&amp; "quoted" \'so\'',
	'ünï 日本語',
	'👩‍🏫',
	' spaces  ',
	'a\nline',
	'</p>',
	'\u00a0',
	'العربية'
];
const addresses = ['https://example.org/', 'mailto:me@example.org', 'https://example.org/?a=1&b=%22%3E'];
export const someId = (number: () => number) =>
	'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(number() * 16).toString(16));

/** Looks are in the order of the schema, and neighbours differ. */
export function randomBody(seed: number): Body {
	const number = numbersFrom(seed);
	const any = <T>(list: readonly T[]): T => list[Math.floor(number() * list.length)]!;
	const several = <T>(most: number, make: () => T): T[] =>
		Array.from({ length: Math.floor(number() * most) + 1 }, make);
	const marks = (): Mark[] => [
		...(number() < 0.2 ? [{ type: 'link' as const, attrs: { href: any(addresses) } }] : []),
		...(number() < 0.3 ? [{ type: 'em' as const }] : []),
		...(number() < 0.3 ? [{ type: 'strong' as const }] : [])
	];
	const inline = (): Inline => {
		const kind = number();
		if (kind < 0.1) return { type: 'hard_break' };
		if (kind < 0.15)
			return { type: 'mention', attrs: { id: someId(number), name: any(['Rosa Medina', 'O’Neil <b>']) } };
		if (kind < 0.2)
			return {
				type: 'reference',
				attrs: { kind: any(['microcredential', 'row']), id: someId(number), title: 'Wait "time"' }
			};
		const looks = marks();
		return { type: 'text', ...(looks.length > 0 ? { marks: looks } : {}), text: any(words) };
	};
	const line = (): { content?: Inline[] } => {
		const content = (number() < 0.1 ? [] : several(5, inline)).filter(
			(node, i, all) =>
				node.type !== 'text' ||
				all[i - 1]?.type !== 'text' ||
				JSON.stringify(node.marks) !== JSON.stringify((all[i - 1] as typeof node).marks)
		);
		return content.length > 0 ? { content } : {};
	};
	const block = (depth: number): Block => {
		const kind = depth > 3 ? 0 : number();
		if (kind < 0.5) return { type: 'paragraph', ...line() };
		if (kind < 0.65) return { type: 'heading', attrs: { level: any([2, 3] as const) }, ...line() };
		if (kind < 0.8) return { type: 'blockquote', content: several(2, () => block(depth + 1)) };
		return {
			type: any(['bullet_list', 'ordered_list'] as const),
			content: several(3, () => ({ type: 'list_item' as const, content: several(2, () => block(depth + 1)) }))
		};
	};
	return {
		type: 'doc',
		content: [{ type: 'paragraph', content: [{ type: 'text', text: 'First' }] }, ...several(4, () => block(0))]
	};
}

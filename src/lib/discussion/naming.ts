/** Names that somebody typed after an @. Pure; who they are is looked up by `mentions.server.ts`. */
import { type Body, type Inline, mapInline } from './body.ts';

/** Words of a name that are looked at: "Maria del Carmen García Lopez-Ortega" has five. */
const mostWords = 6;
/** Places with an @ that are looked at in one post. */
const mostPlaces = 20;
const longestName = 120;

/** An @ that begins a name, and is not part of a mail address or a handle. */
const at = /(?<![\p{L}\p{N}_@.])@(?=\p{L})/gu;
const isWordSign = /[\p{L}\p{N}_]/u;

const textsOf = (body: Body): string[] => {
	const texts: string[] = [];
	mapInline(body, (node) => {
		// What leads somewhere is an address and no person.
		if (node.type === 'text' && !node.marks?.some(({ type }) => type === 'link')) texts.push(node.text);
		return [node];
	});
	return texts;
};

/** Everything that could be somebody's name after an @, in small letters: one word, two words, and so on. */
export function namesAfterAt(body: Body): string[] {
	const names = new Set<string>();
	let places = 0;
	for (const text of textsOf(body))
		for (const found of text.matchAll(at)) {
			if (++places > mostPlaces) return [...names];
			const rest = text.slice(found.index + 1, found.index + 1 + longestName);
			let words = 0;
			for (let end = 1; end <= rest.length && words < mostWords; end++) {
				const isEnd = end === rest.length || !isWordSign.test(rest[end]!);
				if (!isEnd || !isWordSign.test(rest[end - 1]!)) continue;
				words++;
				names.add(rest.slice(0, end).toLowerCase());
				if (rest[end] === '\n') break;
			}
		}
	return [...names];
}

type Named = { id: string; name: string };

/** Names people of the audience whose whole name stands after an @. A name that two have names nobody. */
export function mentionsIn(body: Body, audience: readonly Named[], most: number): Body {
	const byName = new Map<string, Named | null>();
	for (const one of audience) {
		const name = one.name.toLowerCase();
		byName.set(name, byName.has(name) ? null : one);
	}
	// The longest first: "Ana Maria" is not "Ana".
	const names = [...byName.keys()].sort((a, b) => b.length - a.length);
	const named = new Set<string>();
	mapInline(body, (node) => {
		if (node.type === 'mention') named.add(node.attrs.id);
		return [node];
	});
	return mapInline(body, (node) => {
		if (node.type !== 'text' || node.marks?.some(({ type }) => type === 'link')) return [node];
		const out: Inline[] = [];
		let from = 0;
		for (const found of node.text.matchAll(at)) {
			if (found.index < from) continue;
			const rest = node.text.slice(found.index + 1, found.index + 1 + longestName);
			const small = rest.toLowerCase();
			const name = names.find((one) => small.startsWith(one) && !isWordSign.test(rest[one.length] ?? ' '));
			const person = name === undefined ? null : byName.get(name)!;
			if (!person || (!named.has(person.id) && named.size >= most)) continue;
			named.add(person.id);
			if (found.index > from) out.push({ ...node, text: node.text.slice(from, found.index) });
			out.push({ type: 'mention', attrs: { id: person.id, name: person.name } });
			from = found.index + 1 + name!.length;
		}
		if (from === 0) return [node];
		if (from < node.text.length) out.push({ ...node, text: node.text.slice(from) });
		return out;
	});
}

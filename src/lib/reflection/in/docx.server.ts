/**
 * A Word file as blocks of ours. mammoth reads it into paragraphs, runs and tables; what they mean here is decided in this
 * file, and not by way of HTML, so that lists keep what stands in their items and what is left out can be counted.
 */
import { downloadZip } from 'client-zip';
import mammoth from 'mammoth';
import { Refusal } from '#lib/errors.ts';
import { safeAddress } from '../address.ts';
import { aboutStyle, pathOf, type Place } from '../docx-styles.ts';
import type { SettledBlock, SettledInline, SettledMark } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { type ReadIn, Report } from './report.ts';
import { partsOf } from './zip.server.ts';

/** What mammoth's `transformDocument` is given; it has no types for it. */
type Element = {
	type: string;
	children?: Element[];
	styleName?: string | null;
	numbering?: { isOrdered: boolean; level: string } | null;
	value?: string;
	isBold?: boolean;
	isItalic?: boolean;
	isUnderline?: boolean;
	isStrikethrough?: boolean;
	verticalAlignment?: string;
	highlight?: string | null;
	href?: string;
	anchor?: string;
	breakType?: string;
	altText?: string;
	checked?: boolean;
	noteType?: string;
	notes?: { resolve(reference: Element): { body: Element[] } | null };
	comments?: unknown[];
};

/** @throws Refusal rule when it can't be read, or is no Word file */
export async function readDocx(file: Uint8Array): Promise<ReadIn> {
	const parts = partsOf(file);
	if (!parts.has('[Content_Types].xml') || !parts.has('_rels/.rels')) throw noWordFile();
	const zip = await downloadZip([...parts].map(([name, input]) => ({ name, input }))).arrayBuffer();
	let read: Element | null = null;
	try {
		await mammoth.convertToHtml(
			{ buffer: Buffer.from(zip) },
			{
				includeEmbeddedStyleMap: false,
				externalFileAccess: false,
				transformDocument: (document: Element) => {
					read = document;
					return { ...document, children: [] };
				}
			}
		);
	} catch {
		throw noWordFile();
	}
	if (!read) throw noWordFile();
	const report = new Report();
	const changes = [...parts].reduce(
		(sum, [name, xml]) =>
			/document\d*\.xml$/i.test(name)
				? sum + (new TextDecoder().decode(xml).match(/<w:(?:ins|del) /g)?.length ?? 0)
				: sum,
		0
	);
	report.add('change', changes);
	return { blocks: tidy(new Reading(read, report).blocks), unkept: report.sentences };
}

const noWordFile = () =>
	new Refusal(
		'rule',
		'This can not be read as a Word document. Please save it as .docx and choose it again. Nothing was changed.'
	);

type Open = { kind: 'quote'; blocks: SettledBlock[] } | { kind: 'list'; ordered: boolean; items: SettledBlock[][] };

class Reading {
	readonly blocks: SettledBlock[] = [];
	readonly #document: Element;
	readonly #report: Report;
	#open: Open[] = [];
	#notes: SettledBlock[] = [];

	constructor(document: Element, report: Report) {
		this.#document = document;
		this.#report = report;
		const children = document.children ?? [];
		const isOurs = children.some(({ styleName }) => styleName === aboutStyle);
		if (isOurs) report.add('ours');
		report.add('comment', document.comments?.length ?? 0);
		this.#read(
			isOurs ? children.filter(({ styleName }) => styleName !== aboutStyle && styleName !== 'Title') : children
		);
		this.#open = [];
		this.blocks.push(...this.#notes);
	}

	#read(elements: readonly Element[]): void {
		for (const element of elements) {
			if (element.type === 'paragraph') this.#paragraph(element);
			else if (element.type === 'table') this.#table(element);
			else if (element.children) this.#read(element.children);
		}
	}

	#paragraph({ styleName, numbering, children }: Element): void {
		const { base, path, begins } = standing(styleName ?? '', numbering ?? null);
		const content = this.#inline(children ?? []);
		const level = /^(?:heading|überschrift|titre|título) ?(\d)/i.exec(base)?.[1];
		const title = /^(?:title|subtitle)$/i.test(base);
		const heading = level ? (Number(level) >= 2 ? 3 : 2) : title ? 2 : null;
		if (level && Number(level) > 2) this.#report.add('headings');
		this.#enter(path, begins, numbering?.isOrdered ?? false);
		this.#put(heading ? { type: 'heading', attrs: { level: heading }, content } : { type: 'paragraph', content });
	}

	/** Opens and closes what stands around, so that the next block lands where it belongs. */
	#enter(path: readonly Place[], begins: number | null, ordered: boolean): void {
		let depth = 0;
		// What is open already, up to where something new begins.
		for (; depth < path.length && depth < this.#open.length; depth++) {
			const open = this.#open[depth]!;
			if (open.kind !== path[depth]) break;
			if (depth === begins) {
				if (open.kind === 'list' && open.ordered !== ordered) break;
				if (open.kind === 'list') open.items.push([]);
				depth++;
				break;
			}
		}
		this.#open.length = depth;
		for (; depth < path.length; depth++) {
			// A paragraph that goes on in a list which is not there stands by itself.
			if (path[depth] === 'list' && (begins === null || depth > begins)) return;
			const made: Open =
				path[depth] === 'quote' ? { kind: 'quote', blocks: [] } : { kind: 'list', ordered, items: [[]] };
			this.#put(
				made.kind === 'quote'
					? { type: 'blockquote', content: made.blocks }
					: {
							type: made.ordered ? 'ordered_list' : 'bullet_list',
							// Filled while it is open.
							get content() {
								return made.items.map((content) => ({ type: 'list_item' as const, content }));
							}
						}
			);
			this.#open.push(made);
		}
	}

	#put(block: SettledBlock): void {
		const open = this.#open.at(-1);
		if (!open) this.blocks.push(block);
		else if (open.kind === 'quote') open.blocks.push(block);
		else open.items.at(-1)!.push(block);
	}

	/** A line for each row, cells apart from each other. */
	#table(table: Element): void {
		this.#report.add('table');
		this.#open = [];
		for (const row of table.children ?? []) {
			const line: SettledInline[] = [];
			for (const cell of row.children ?? []) {
				const content = this.#flat(cell.children ?? []);
				if (line.length > 0 && content.length > 0) line.push({ type: 'text', text: ' | ' });
				line.push(...content);
			}
			this.#put({ type: 'paragraph', content: line });
		}
	}

	#flat(elements: readonly Element[]): SettledInline[] {
		return elements.flatMap((element, i) => {
			const content =
				element.type === 'paragraph' ? this.#inline(element.children ?? []) : this.#flat(element.children ?? []);
			if (element.type === 'table') this.#report.add('table');
			return i > 0 && content.length > 0 ? [{ type: 'text' as const, text: ' ' }, ...content] : content;
		});
	}

	#inline(elements: readonly Element[], marks: readonly SettledMark[] = []): SettledInline[] {
		return elements.flatMap((element): SettledInline[] => {
			const say = (text: string): SettledInline[] => [
				{ type: 'text', ...(marks.length > 0 ? { marks: [...marks] } : {}), text }
			];
			const inner = (more: readonly SettledMark[]) => this.#inline(element.children ?? [], more);
			switch (element.type) {
				case 'run': {
					const { isBold, isItalic } = element;
					if (
						element.isUnderline ||
						element.isStrikethrough ||
						element.highlight ||
						(element.verticalAlignment ?? 'baseline') !== 'baseline'
					)
						this.#report.add('look');
					return inner([
						...marks.filter(({ type }) => type === 'link'),
						...(isItalic ? [{ type: 'em' as const }] : []),
						...(isBold ? [{ type: 'strong' as const }] : [])
					]);
				}
				case 'text':
					return say(element.value ?? '');
				case 'tab':
					return say('\t');
				case 'break':
					return element.breakType === 'line' ? [{ type: 'hard_break' }] : [];
				case 'checkbox':
					return say(element.checked ? '☒ ' : '☐ ');
				case 'hyperlink': {
					// A link to elsewhere in the document leads nowhere here; nothing of it is worth saying.
					const href = element.href === undefined ? null : safeAddress(element.href);
					if (href === null && element.href !== undefined) this.#report.add('link');
					return inner(href === null ? marks : [{ type: 'link', attrs: { href } }, ...marks]);
				}
				case 'image':
					this.#report.add('picture');
					return element.altText ? say(element.altText) : [];
				case 'noteReference': {
					const note = this.#document.notes?.resolve(element);
					if (!note) return [];
					this.#report.add('note');
					const sign = `[${this.#noteNumber()}]`;
					const place = this.#notes.push({ type: 'paragraph', content: [{ type: 'text', text: `${sign} ` }] }) - 1;
					(this.#notes[place] as { content: SettledInline[] }).content.push(...this.#flat(note.body));
					return say(sign);
				}
				default:
					return inner(marks);
			}
		});
	}

	#noteNumber = () => this.#notes.length + 1;
}

/** Where a paragraph stands, out of its style and its numbering; `begins` is the list of which it begins an item. */
function standing(
	name: string,
	numbering: { isOrdered: boolean; level: string } | null
): { base: string; path: Place[]; begins: number | null } {
	const ours = pathOf(name);
	const quote = /^(?:intense )?quote$|^block ?text$|^quotations?$/i.test(name);
	const goesOn = /^list continue(?: (\d))?$/i.exec(name);
	const base = ours ? ours.base : name;
	const path: Place[] = ours?.path ?? [];
	if (quote && path.length === 0) path.push('quote');
	if (!numbering) {
		if (goesOn) return { base, path: Array.from({ length: Number(goesOn[1] ?? 1) }, () => 'list'), begins: null };
		return { base, path, begins: null };
	}
	const level = Math.min(Number(numbering.level) || 0, 8);
	// As many lists as its level says; one that was moved in Word stands where Word shows it.
	const lists = path.filter((place) => place === 'list').length;
	if (lists <= level) path.unshift(...Array.from({ length: level + 1 - lists }, () => 'list' as const));
	const wanted = level === 8 ? Math.max(lists, level + 1) : level + 1;
	let seen = 0;
	const begins = path.findIndex((place) => place === 'list' && ++seen === wanted);
	return { base, path, begins };
}

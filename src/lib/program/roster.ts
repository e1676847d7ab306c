/**
 * A list of people as somebody pastes it: a few addresses, or a table out of a spreadsheet or a school's system. Read
 * kindly, because nobody should have to learn a format to invite a colleague. Pure.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { Refusal } from '#lib/errors.ts';
import { normaliseAddress } from '#lib/identity/sign-in.ts';

/** Two waves of a large program. Whoever has more sends it in parts, and sees each before it goes out. */
export const rosterLines = 1000;
/** Twice what a thousand lines of a school's system take, with its twenty columns. */
export const rosterBytes = 256 * 1024;
/** Longer than any name we know of, and too short for a letter in its place. */
export const nameLength = 100;

export type RosterLine = {
	/** As an editor counts, from 1. */
	line: number;
	name: string | null;
	/** What stands where the address should. */
	typed: string;
	/** As we keep it; null when no mail could go there. */
	address: string | null;
	/** As it stands there; null when the list doesn't say. */
	role: string | null;
	cohort: string | null;
	/** The school's system is about to delete this person. */
	leaving: boolean;
	/** What we did to the name, where that is worth a look. */
	note: string | null;
};

const headers: Record<string, 'address' | 'name' | 'given' | 'family' | 'role' | 'cohort' | 'status'> = {
	email: 'address',
	emailaddress: 'address',
	mail: 'address',
	address: 'address',
	workemail: 'address',
	schoolemail: 'address',
	name: 'name',
	fullname: 'name',
	displayname: 'name',
	givenname: 'given',
	firstname: 'given',
	familyname: 'family',
	lastname: 'family',
	surname: 'family',
	role: 'role',
	cohort: 'cohort',
	group: 'cohort',
	status: 'status'
};
const headerOf = (cell: string) => headers[cell.toLowerCase().replace(/[^a-z]/g, '')];

/**
 * Everybody on a pasted list, with or without a line of headings, in whatever order and with whatever sign between.
 * @throws Refusal `rule` when it is empty, too long, or can't be read as a list
 */
export function readRoster(text: string): RosterLine[] {
	if (new TextEncoder().encode(text).length > rosterBytes)
		throw new Refusal(
			'rule',
			`That list is longer than ${rosterBytes / 1024} KB. Nothing was sent. Please leave out columns that are not needed, or send it in parts.`
		);
	const clean = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
	const rows = rowsOf(clean);
	const first = rows[0];
	if (!first) throw new Refusal('rule', 'There is nobody on this list yet. Please paste at least one e-mail address.');
	const columns = first.cells.map(headerOf);
	const hasHeader = columns.some(Boolean) && !first.cells.some((cell) => cell.includes('@'));
	if (hasHeader && !columns.includes('address'))
		throw new Refusal(
			'rule',
			'None of the columns is called email. Nothing was sent. Please name the one with the addresses email, and paste the list again.'
		);
	const lines = hasHeader ? rows.slice(1).map((row) => named(row, columns)) : rows.flatMap(loose);
	if (lines.length === 0)
		throw new Refusal('rule', 'There are headings on this list and nobody under them. Please paste the whole list.');
	if (lines.length > rosterLines)
		throw new Refusal(
			'rule',
			`There are ${lines.length.toLocaleString('en-US')} people on this list, and ${rosterLines.toLocaleString('en-US')} can be invited at a time. Nothing was sent. Please send it in parts.`
		);
	return lines;
}

type Row = { line: number; cells: string[] };

function rowsOf(text: string): Row[] {
	try {
		const records = parse(text, {
			delimiter: delimiterOf(text),
			relax_column_count: true,
			relax_quotes: true,
			skip_empty_lines: true,
			record_delimiter: '\n',
			info: true
		}) as unknown as { record: string[]; info: { lines: number } }[];
		let before = 0;
		return records.flatMap(({ record, info }) => {
			// What the parser counts is where a record ends; a cell with line breaks in it begins before.
			const line = Math.max(before + 1, info.lines - record.join('').split('\n').length + 1);
			before = info.lines;
			// eslint-disable-next-line no-control-regex -- those are what is taken out
			const cells = record.map((cell) => cell.replace(/[\u0000-\u001F\u007F]+/g, ' ').trim());
			return cells.some(Boolean) ? [{ line, cells }] : [];
		});
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		const { lines } = error as unknown as { lines?: number };
		throw new Refusal(
			'rule',
			`This list can’t be read to its end${lines ? `: look at line ${lines}, or at a quotation mark before it that is opened and not closed` : ''}. Nothing was sent.`
		);
	}
}

/** The sign that stands most often in the first line, outside quotation marks. */
function delimiterOf(text: string): string {
	const line = (text.split('\n').find((one) => one.trim()) ?? '').replace(/"[^"]*"/g, '');
	const often = (sign: string) => line.split(sign).length - 1;
	return ['\t', ';', ','].reduce((best, sign) => (often(sign) > often(best) ? sign : best), ',');
}

function named({ line, cells }: Row, columns: ReturnType<typeof headerOf>[]): RosterLine {
	const cell = (column: NonNullable<ReturnType<typeof headerOf>>) => {
		const at = columns.findIndex((one, i) => one === column && cells[i]);
		return at < 0 ? null : cells[at]!;
	};
	const parts = [cell('given'), cell('family')].filter(Boolean).join(' ');
	const typed = cell('address') ?? '';
	return {
		line,
		...nameOf(cell('name') ?? (parts || null)),
		typed,
		address: normaliseAddress(typed),
		role: cell('role'),
		cohort: cell('cohort'),
		leaving: cell('status')?.toLowerCase() === 'tobedeleted'
	};
}

/** A line without headings: addresses, each perhaps with a name before it. */
function loose({ line, cells }: Row): RosterLine[] {
	const nobody = { line, role: null, cohort: null, leaving: false };
	const whole = cells.join(', ');
	if (/<[^<>]*>/.test(whole)) {
		const plain = /[^\s,;<>"]+@[^\s,;<>"]+/g;
		return whole.split(/(<[^<>]*>)/).flatMap((part, i, parts) => {
			if (i % 2 === 1) return [];
			// Addresses without a name may stand between those that have one.
			const alone = (part.match(plain) ?? []).map((typed) => ({ name: null, note: null, typed }));
			const typed = parts[i + 1]?.slice(1, -1);
			const all = typed === undefined ? alone : [...alone, { ...nameOf(turned(part.replace(plain, ''))), typed }];
			return all.map((one) => ({ ...nobody, ...one, address: normaliseAddress(one.typed) }));
		});
	}
	const full = cells.filter(Boolean).flatMap((cell) => (cell.split('@').length > 2 ? cell.split(/\s+/) : [cell]));
	const addresses = full.filter((cell) => cell.includes('@'));
	if (addresses.length === 0) return [{ ...nobody, name: null, note: null, typed: whole.slice(0, 254), address: null }];
	const beside = full.filter((cell) => !cell.includes('@'));
	if (addresses.length === 1)
		return [
			{
				...nobody,
				...nameOf(beside[0] ?? null),
				role: beside[1] ?? null,
				cohort: beside[2] ?? null,
				typed: addresses[0]!,
				address: normaliseAddress(addresses[0]!)
			}
		];
	return addresses.map((typed) => ({ ...nobody, name: null, note: null, typed, address: normaliseAddress(typed) }));
}

/** A name as some mail programs write it, Lee, Kim, the way people say it. */
function turned(written: string): string | null {
	const name = written.replace(/^[\s,;]+|[\s,;]+$/g, '').replace(/^"(.*)"$/, '$1');
	const [family, given, ...more] = name.split(/,\s*/);
	return (given && more.length === 0 ? `${given} ${family}` : name) || null;
}

function nameOf(typed: string | null): Pick<RosterLine, 'name' | 'note'> {
	const name = (typed ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
	if (!name) return { name: null, note: null };
	if (name.includes('\uFFFD')) return { name: null, note: 'The name came broken; they will be asked for it' };
	// It stands in a mail that we send: nobody uses that to send something else.
	if (/[<>@/\\]|www\./i.test(name)) return { name: null, note: 'The name looks like an address, and is left out' };
	if (name.length > nameLength) return { name: null, note: 'The name is longer than a name, and is left out' };
	const mended = mend(name);
	return mended === name ? { name, note: null } : { name: mended, note: `“${name}” is read as “${mended}”` };
}

/** Of every sign of Windows-1252 the byte that stands for it. */
const byteOf = new Map(
	[...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, i) => i))].map((sign, i) => [sign, i])
);

/** Text in UTF-8 that a program took for Windows-1252, as it was meant: "JosÃ©" is "José". Everything else as it is. */
export function mend(text: string): string {
	if (!/[ÂÃÄÅÐÑâã][\u0080-\u00BF\u0152-\u2122]/.test(text)) return text;
	const bytes = [...text].map((sign) => byteOf.get(sign));
	if (bytes.includes(undefined)) return text;
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes as number[])).normalize('NFC');
	} catch {
		return text;
	}
}

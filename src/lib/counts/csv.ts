/** A table as a file for spreadsheets: RFC 4180, in UTF-8. Pure. */

/**
 * A cell. Text that a spreadsheet would take for a formula gets an apostrophe before it, because names come from others;
 * numbers stay numbers.
 */
export function cellOf(value: string | number): string {
	if (typeof value === 'number') return String(value);
	// Also after spaces, which some programs pass over, and in the wide forms of these signs.
	const text = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(text) || /^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
	rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');

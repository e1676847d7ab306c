/**
 * Cuts SQL text into its statements, as psql does: at semicolons that stand outside quotes, dollar quotes and comments.
 * Both engines get one statement at a time, so an error can name the one it came from.
 *
 * Not understood: `begin atomic` bodies (write the body as a dollar-quoted string) and psql's backslash commands.
 */
export function splitStatements(text: string): string[] {
	// What may hold a semicolon that ends nothing. An unfinished one matches nothing here and fails in the database.
	const opaque =
		/--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|(?<!\w)[eE]'(?:[^'\\]|''|\\[\s\S])*'/y;
	const statements: string[] = [];
	let from = 0;
	let filled = false; // something other than white space and comments since `from`
	const cut = (to: number) => {
		if (filled) statements.push(text.slice(from, to).trim());
		filled = false;
		from = to + 1;
	};
	for (let at = 0; at < text.length;) {
		if (text.startsWith('/*', at)) {
			at = endOfComment(text, at);
			continue;
		}
		opaque.lastIndex = at;
		const found = opaque.exec(text)?.[0];
		if (found) {
			filled ||= !found.startsWith('--');
			at += found.length;
			continue;
		}
		if (text[at] === ';') cut(at);
		else filled ||= !/\s/.test(text[at]!);
		at++;
	}
	cut(text.length);
	return statements;
}

/** Block comments may hold block comments. */
function endOfComment(text: string, start: number): number {
	const mark = /\/\*|\*\//g;
	mark.lastIndex = start;
	let depth = 0;
	for (let found = mark.exec(text); found; found = mark.exec(text)) {
		depth += found[0] === '/*' ? 1 : -1;
		if (depth === 0) return mark.lastIndex;
	}
	return text.length;
}

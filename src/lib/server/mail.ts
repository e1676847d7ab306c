/** Mail is a row before it is a message: what was promised inside a transaction leaves even after a crash. */
import { desc, eq, sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';
import { isId } from './id.ts';
import { mailMessages } from './schema.server.ts';

export type Message = {
	/** What the mail is about, e.g. `sign-in`; never private text. */
	kind: string;
	toAddress: string;
	subject: string;
	bodyText: string;
	bodyHtml: string;
	/** iCalendar with a METHOD, for mail that invites to something. */
	calendar?: string;
	/** Further headers: only `headerNames`, each on one line. */
	headers?: Record<string, string>;
	/** Whom it is for, so that whoever manages their program hears that it came back. */
	personId?: string;
	/**
	 * Whether somebody waits for it. When nobody can know whether a mail left, one like this is sent once more (a
	 * sign-in code that never comes shuts somebody out), any other is not: what it says stands in the app as well.
	 */
	again?: boolean;
};

/** Only what tells mail programs how to be left alone and what belongs together: nothing that could add a reader. */
const headerNames = ['List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'In-Reply-To', 'References'];
/** RFC 5322's longest line; room for one address with its token, many times over. */
const longestHeader = 998;

/** @throws Error where a header is not one of ours, or could begin another: a mistake of ours, never of a reader's */
function demandPlain(headers: Record<string, string>): void {
	for (const [name, value] of Object.entries(headers)) {
		if (!headerNames.includes(name)) throw new Error(`Mail takes no header named ${name}.`);
		if (!/^[\x20-\x7e]+$/.test(value) || value.length > longestHeader)
			throw new Error(`The header ${name} has to be one line of at most ${longestHeader} plain characters.`);
	}
}

/** The channel on which the courier hears that there is mail. */
export const mailChannel = 'mail_queued';

/** Puts a mail into the queue, as part of the caller's transaction (role `app_service`). Answers with its id. */
export async function queueMail(tx: Tx, message: Message): Promise<string> {
	demandPlain(message.headers ?? {});
	const [row] = await tx.insert(mailMessages).values(message).returning({ id: mailMessages.id });
	await tx.execute(sql`select pg_notify(${mailChannel}, '')`);
	return row!.id;
}

/** The newest mail, for the demo's outbox: fifty, because nobody scrolls further for a link. */
export const listMail = (db: Database) =>
	db.asService((tx) =>
		tx
			.select({
				id: mailMessages.id,
				toAddress: mailMessages.toAddress,
				subject: mailMessages.subject,
				bodyText: mailMessages.bodyText,
				headers: mailMessages.headers,
				createdAt: mailMessages.createdAt,
				sentAt: mailMessages.sentAt,
				failedAt: mailMessages.failedAt,
				failure: mailMessages.failure
			})
			.from(mailMessages)
			.orderBy(desc(mailMessages.createdAt))
			.limit(50)
	);

/** The HTML of one mail, for the demo's outbox; null where there is none, or its words are gone. */
export const readMailHtml = (db: Database, id: string): Promise<string | null> =>
	db.asService(async (tx) => {
		const [row] = isId(id)
			? await tx.select({ html: mailMessages.bodyHtml }).from(mailMessages).where(eq(mailMessages.id, id))
			: [];
		return row?.html || null;
	});

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Text made harmless inside HTML, in an element or a quoted attribute. */
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign]!);

/** For programs that read a style sheet and have a dark face; others turn the colours by themselves, or stay light. */
const inTheDark = `@media (prefers-color-scheme:dark){
body{background:#0d1a16!important;color:#e6ebe4!important}
.card{background:#14251f!important;border-color:#2c4038!important}
a{color:#7fd1b4!important}
.go{background:#7fd1b4!important;color:#0d1a16!important}
[style*="#54655d"]{color:#a3b3aa!important}
}`;

/**
 * The HTML of a mail: its lines on one quiet card, with every style in place, because many mail programs read no style sheets.
 * @param title plain text; @param lines HTML that is safe already
 */
export const framed = (title: string, lines: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title>
<style>${inTheDark}</style></head>
<body style="margin:0;padding:24px 12px;background:#f6f6f1;color:#132620;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div class="card" style="max-width:520px;margin:0 auto;padding:24px;background:#fdfdfc;border:1px solid #d9dad1;border-radius:10px;overflow-wrap:anywhere">
${lines}
</div></body></html>
`;

/** A paragraph of a mail, from plain text. */
export const paragraph = (text: string): string => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`;
/** What somebody does next, as a button, from plain text. */
export const button = (words: string, href: string): string =>
	`<p style="margin:0 0 24px"><a class="go" href="${escapeHtml(href)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#075947;color:#fdfdfc;font-weight:600;text-decoration:none">${escapeHtml(words)}</a></p>`;

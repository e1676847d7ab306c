/** Carries queued mail to the SMTP server. Without SMTP_URL mail stays a row, and the demo's outbox shows it. */
import { and, asc, eq, isNull, lt, lte, or, sql } from 'drizzle-orm';
import nodemailer from 'nodemailer';
import type { Database } from './database.ts';
import { log, traceOf } from './log.ts';
import { mailChannel } from './mail.ts';
import { mailMessages } from './schema.server.ts';
import type { Settings } from './settings.ts';

export interface Courier {
	stop(): Promise<void>;
}

const minute = 60_000;

/**
 * Tries happen this long after a mail was queued; after the last one somebody has to look at `failure`. At least a
 * minute lies between two, longer than one try can take (`timeouts`), so two processes never carry the same mail.
 */
export const tries = [0, 1 * minute, 5 * minute, 15 * minute, 60 * minute, 240 * minute];
const timeouts = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** Mails taken up at once: enough for a school day's start, few enough for any SMTP server's patience. */
const atOnce = 10;
/** How long rows stay. Bodies of sent mail go at once, because they hold ways in. */
const keptFor = 30 * 24 * 60 * minute;

/** Mail programs act by the method that the part names, so it has to be the calendar's own. */
const methodOf = (calendar: string) => /^METHOD:(\w+)/m.exec(calendar)?.[1] ?? 'PUBLISH';

/** Takes up to ten mails whose time has come, and counts the try before it happens: a crash can't make it endless. */
export const takeDue = (db: Database, now: Date) =>
	db.asService(async (tx) => {
		const due = or(
			...tries.map((after, attempts) =>
				and(eq(mailMessages.attempts, attempts), lte(mailMessages.createdAt, new Date(now.getTime() - after)))
			)
		);
		const rows = await tx
			.select()
			.from(mailMessages)
			.where(and(isNull(mailMessages.sentAt), due))
			.orderBy(asc(mailMessages.createdAt))
			.limit(atOnce)
			.for('update', { skipLocked: true });
		for (const { id } of rows)
			await tx
				.update(mailMessages)
				.set({ attempts: sql`${mailMessages.attempts} + 1` })
				.where(eq(mailMessages.id, id));
		return rows;
	});

export async function startCourier(db: Database, settings: Pick<Settings, 'SMTP_URL' | 'MAIL_FROM'>): Promise<Courier> {
	if (!settings.SMTP_URL) return { stop: async () => {} };
	const transport = nodemailer.createTransport({ url: settings.SMTP_URL, ...timeouts });

	async function carry(mail: Awaited<ReturnType<typeof takeDue>>[number]): Promise<void> {
		try {
			await transport.sendMail({
				from: settings.MAIL_FROM,
				to: mail.toAddress,
				subject: mail.subject,
				text: mail.bodyText,
				html: mail.bodyHtml,
				...(mail.calendar ? { icalEvent: { method: methodOf(mail.calendar), content: mail.calendar } } : {}),
				// The same on every try, so that a mail sent twice (we died between sending and noting it) shows once.
				messageId: `<${mail.id}@wayfellow>`,
				headers: { ...mail.headers, 'Auto-Submitted': 'auto-generated' }
			});
		} catch (error) {
			// SMTP answers quote the address: the code says enough.
			const failure = String(
				(error as { responseCode?: number; code?: string }).responseCode ??
					(error as { code?: string }).code ??
					'unknown'
			);
			log('mail-failed', { mail: mail.id, kind: mail.kind, attempt: mail.attempts + 1, failure });
			await db.asService((tx) => tx.update(mailMessages).set({ failure }).where(eq(mailMessages.id, mail.id)));
			return;
		}
		await db.asService((tx) =>
			tx
				.update(mailMessages)
				.set({ sentAt: new Date(), failure: null, bodyText: '', bodyHtml: '', calendar: null })
				.where(eq(mailMessages.id, mail.id))
		);
		log('mail-sent', { mail: mail.id, kind: mail.kind, attempt: mail.attempts + 1 });
	}

	let stopped = false;
	let round: Promise<void> = Promise.resolve();
	let waiting = false;
	/** One round at a time; words that arrive during a round lead to one more after it. */
	function go(): void {
		if (waiting || stopped) return;
		waiting = true;
		round = round.then(async () => {
			waiting = false;
			try {
				for (;;) {
					const mails = stopped ? [] : await takeDue(db, new Date());
					if (mails.length === 0) return;
					await Promise.all(mails.map(carry));
				}
			} catch (error) {
				log('courier-failed', traceOf(error));
			}
		});
	}

	const silence = await db.listen(mailChannel, go, go);
	// For later tries, and for what was queued before we came or by a process that died.
	const timer = setInterval(go, minute);
	timer.unref();
	go();
	return {
		async stop() {
			stopped = true;
			clearInterval(timer);
			await silence();
			await round;
			transport.close();
		}
	};
}

/** Forgets old mail. */
export const sweepMail = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		await tx.delete(mailMessages).where(lt(mailMessages.createdAt, new Date(now.getTime() - keptFor)));
	});

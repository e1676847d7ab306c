/**
 * Carries queued mail to the SMTP server. Without SMTP_URL mail stays a row, and the demo's outbox shows it.
 *
 * A mail is sent once. A server takes it with the dot that ends its data (RFC 5321, 4.1.1.4), and until then it is certain
 * that nothing was sent: so the row says `handed_over_at`, committed, before that dot goes out. Whoever finds a row without
 * it may send the mail; a row with it and without an answer is known to nobody, and is sent again only if somebody waits
 * for it (`Message.again`).
 */
import { Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { and, asc, eq, isNull, lt, lte, or, sql } from 'drizzle-orm';
import nodemailer from 'nodemailer';
import type { Database, Tx } from './database.ts';
import { log, traceOf } from './log.ts';
import { mailChannel } from './mail.ts';
import { readAnswer } from './mail-answer.ts';
import { mailMessages } from './schema.server.ts';
import type { Settings } from './settings.ts';

export interface Courier {
	stop(): Promise<void>;
}

const second = 1_000;
const minute = 60 * second;

/**
 * How long after it was taken up a mail may be taken up again, by the number of its try; after the last one somebody has
 * to look at `failure`. Counted from the try and not from the queueing: a mail that waited while the server was off must
 * not be due for all of its tries at once.
 */
export const tries = [1 * minute, 4 * minute, 10 * minute, 45 * minute, 180 * minute, 180 * minute];
/** A server that looks for spam may think for long before it says that it took a mail: asking sooner would leave it unknown. */
const timeouts = {
	dnsTimeout: 10 * second,
	connectionTimeout: 10 * second,
	greetingTimeout: 10 * second,
	socketTimeout: 2 * minute
};
/** So long after the last bytes went out, whoever sent them knows the answer, or is no more. */
export const answerWithin = 5 * minute;

/** Mails on their way at once: enough for a school day's start, few enough for any SMTP server's patience. */
const atOnce = 10;
/** How long rows stay. Bodies of sent mail go at once, because they hold ways in. */
const keptFor = 30 * 24 * 60 * minute;
/** How long an answer that the database does not take is offered to it: it may be restarting. */
const insistFor = [1, 2, 5, 10, 20, 20].map((seconds) => seconds * second);
/** On stopping: how long a server that has all of a mail may take to answer. Less than what a supervisor waits. */
const lastAnswerWithin = 5 * second;

type Row = typeof mailMessages.$inferSelect;

/** Nothing that holds a way in stays with a mail that is done. */
const forgotten = { bodyText: '', bodyHtml: '', calendar: null, headers: {} };

/** Mail programs act by the method that the part names, so it has to be the calendar's own. */
const methodOf = (calendar: string) => /^METHOD:(\w+)/m.exec(calendar)?.[1] ?? 'PUBLISH';

const waiting = and(isNull(mailMessages.sentAt), isNull(mailMessages.failedAt));

/** Says of mails that nobody carries any more how they ended. */
async function settle(tx: Tx, now: Date): Promise<void> {
	const long = new Date(now.getTime() - answerWithin);
	const ended = (failure: string) => ({ failure, failedAt: now, ...forgotten });
	// A process died after the last bytes and before the answer. What it says stands in the app as well.
	await tx
		.update(mailMessages)
		.set(ended('unknown'))
		.where(and(waiting, eq(mailMessages.again, false), lte(mailMessages.handedOverAt, long)));
	// And of these every try was begun; the last one may still be going on until its time is over.
	await tx
		.update(mailMessages)
		.set({
			failedAt: now,
			failure: sql`case when ${mailMessages.handedOverAt} is null then coalesce(${mailMessages.failure}, 'interrupted') else 'unknown' end`,
			...forgotten
		})
		.where(and(waiting, sql`${mailMessages.attempts} >= ${tries.length}`, lte(mailMessages.dueAt, now)));
	// Mail servers stop listening to whoever writes to mailboxes that are not there. Somebody's code is worth a try.
	// And to an address that its person has given up meanwhile nothing goes: it may be another's by now.
	const works = sql<string | null>`app.where_mail_goes(${mailMessages.toAddress}, ${mailMessages.personId})`;
	const told = and(waiting, eq(mailMessages.again, false), isNull(mailMessages.handedOverAt));
	// A mail server was away for an hour, and what waited for it was read or taken back in that time.
	await tx
		.update(mailMessages)
		.set(ended('held-back'))
		.where(and(told, sql`app.is_mail_needless(${mailMessages.id}, ${mailMessages.personId})`));
	await tx
		.update(mailMessages)
		.set({ toAddress: works })
		.where(and(told, sql`${works} <> ${mailMessages.toAddress}`));
	await tx
		.update(mailMessages)
		.set(ended('held-back'))
		.where(and(told, sql`${works} is null`));
}

/**
 * Takes up mails whose time has come, and counts the try before it happens: a crash can't make it endless. Whoever takes
 * a mail also moves on when it may be taken again, and `attempts` is whose it is until then.
 */
export const takeDue = (db: Database, now: Date, most = atOnce): Promise<Row[]> =>
	db.asService(async (tx) => {
		await settle(tx, now);
		const long = new Date(now.getTime() - answerWithin).toISOString();
		const rows = await tx
			.select()
			.from(mailMessages)
			.where(
				and(
					waiting,
					// One that nobody tried yet is due, whatever the database's clock says beside ours.
					or(eq(mailMessages.attempts, 0), lte(mailMessages.dueAt, now)),
					sql`${mailMessages.attempts} < ${tries.length}`,
					sql`(${mailMessages.handedOverAt} is null or (${mailMessages.again} and ${mailMessages.handedOverAt} <= ${long}))`
				)
			)
			.orderBy(asc(mailMessages.dueAt))
			.limit(most)
			.for('update', { skipLocked: true });
		const taken: Row[] = [];
		for (const { id, attempts } of rows)
			taken.push(
				...(await tx
					.update(mailMessages)
					.set({
						attempts: attempts + 1,
						dueAt: new Date(now.getTime() + tries[attempts]!),
						handedOverAt: null
					})
					.where(eq(mailMessages.id, id))
					.returning())
			);
		return taken;
	});

/** Still the mail that was taken up: not another's by now, and its reader not gone. */
const ours = ({ id, attempts }: Row) => and(eq(mailMessages.id, id), eq(mailMessages.attempts, attempts));

/** @throws Error when the mail is not ours to send any more */
const handOver = (db: Database, mail: Row, now: Date) =>
	db.asService(async (tx) => {
		const [row] = await tx
			.update(mailMessages)
			.set({ handedOverAt: now })
			.where(and(ours(mail), waiting))
			.returning({ id: mailMessages.id });
		if (!row) throw Object.assign(new Error('Somebody else carries this mail, or nobody should.'), { code: 'TAKEN' });
	});

/**
 * Lets a message through, and holds back its end until `before` is done: the mail library sends the last bytes when its
 * source has ended, never sooner (nodemailer, smtp-connection/data-stream.js: the dot is written in `_flush`).
 */
const withLastBytes = (before: () => Promise<void>) =>
	new Transform({
		transform: (piece, _encoding, done) => done(null, piece),
		flush: (done) => void before().then(() => done(), done)
	});

export async function startCourier(
	db: Database,
	settings: Pick<Settings, 'SMTP_URL' | 'MAIL_FROM'>,
	clock: () => Date = () => new Date()
): Promise<Courier> {
	const { SMTP_URL, MAIL_FROM } = settings;
	if (!SMTP_URL) return { stop: async () => {} };

	const stopping = new AbortController();
	const stopped = () => stopping.signal.aborted;

	/** Mails whose last bytes went out: their answer is worth waiting for. */
	const unanswered = new Set<string>();
	const lastWait = new AbortController();

	/** Writes down what became of a mail. The mail itself can't be taken back, so a database that is away is asked again. */
	async function note(mail: Row, work: (tx: Tx) => Promise<unknown>): Promise<void> {
		for (const pause of [...insistFor, null])
			try {
				await db.asService(work);
				return;
			} catch (error) {
				// Whoever comes after us finds that nobody knows.
				if (pause === null || lastWait.signal.aborted)
					return log('courier-failed', { mail: mail.id, ...traceOf(error) });
				await wait(pause, undefined, { signal: lastWait.signal }).catch(() => {});
			}
	}

	async function carry(mail: Row): Promise<void> {
		const transport = nodemailer.createTransport({ url: SMTP_URL, ...timeouts });
		const giveUp = new AbortController();
		let over = false;
		let handing: Promise<void> | undefined;
		const lastBytes = () =>
			(handing = handOver(db, mail, clock()).then(() => {
				// The connection ended while we wrote it down: the dot was never sent.
				if (over || giveUp.signal.aborted) throw Object.assign(new Error('Too late.'), { code: 'INTERRUPTED' });
				unanswered.add(mail.id);
			}));
		transport.use('stream', (sending, done) => {
			sending.message.transform(() => withLastBytes(lastBytes));
			done();
		});
		const endSoon = () => unanswered.has(mail.id) || giveUp.abort();
		const endNow = () => giveUp.abort();
		stopping.signal.addEventListener('abort', endSoon);
		lastWait.signal.addEventListener('abort', endNow);
		if (stopped()) endSoon();
		const about = { mail: mail.id, kind: mail.kind, attempt: mail.attempts };
		try {
			await transport.sendMail({
				from: MAIL_FROM,
				to: mail.toAddress,
				subject: mail.subject,
				text: mail.bodyText,
				html: mail.bodyHtml,
				...(mail.calendar ? { icalEvent: { method: methodOf(mail.calendar), content: mail.calendar } } : {}),
				// The same on every try, so that a mail sent twice (nobody knew whether the first one left) shows once.
				messageId: `<${mail.id}@wayfellow>`,
				headers: { ...mail.headers, 'Auto-Submitted': 'auto-generated' },
				signal: giveUp.signal
			});
			await note(mail, (tx) =>
				tx
					.update(mailMessages)
					.set({ sentAt: clock(), failure: null, failedAt: null, status: null, ...forgotten })
					.where(ours(mail))
			);
			log('mail-sent', about);
		} catch (error) {
			over = true;
			await handing?.catch(() => {}); // what is being written down must not come after what is written next
			const answer = readAnswer(error);
			// Whoever answers with a number after the last bytes has not taken it.
			const known = !unanswered.has(mail.id) || /^[45]\d\d$/.test(answer.failure);
			const last = mail.attempts >= tries.length;
			const ends = known ? answer.final || last : !mail.again || last;
			const failure = known || mail.again ? answer.failure : 'unknown';
			log('mail-failed', { ...about, failure, known });
			await note(mail, async (tx) => {
				const now = clock();
				const [row] = await tx
					.update(mailMessages)
					.set({
						failure,
						status: answer.status,
						// An unknown one that is not sent again keeps the moment.
						...(known || mail.again ? { handedOverAt: null } : {}),
						// Interrupted by our own end: whoever comes next need not wait.
						...(stopped() && known ? { dueAt: now } : {}),
						...(ends ? { failedAt: now, ...forgotten } : {})
					})
					.where(and(ours(mail), waiting))
					.returning({ id: mailMessages.id });
				if (row && answer.unreachable)
					await tx.execute(
						sql`select app.mail_comes_back(${mail.toAddress}, ${answer.status ?? '5.1.1'}, ${now.toISOString()}::timestamptz)`
					);
			});
		} finally {
			unanswered.delete(mail.id);
			stopping.signal.removeEventListener('abort', endSoon);
			lastWait.signal.removeEventListener('abort', endNow);
			transport.close();
		}
	}

	const carrying = new Set<Promise<void>>();
	let looking: Promise<void> = Promise.resolve();
	let waitingToLook = false;
	/** Fills the places that are free; one that is slow holds up no other. One look at a time. */
	function go(): void {
		if (waitingToLook || stopped()) return;
		waitingToLook = true;
		looking = looking.then(async () => {
			waitingToLook = false;
			const free = atOnce - carrying.size;
			if (free === 0 || stopped()) return; // the next one to end looks again
			try {
				for (const mail of await takeDue(db, clock(), free)) {
					const one = carry(mail)
						.catch((error: unknown) => log('courier-failed', traceOf(error)))
						.finally(() => {
							carrying.delete(one);
							go();
						});
					carrying.add(one);
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
			stopping.abort();
			clearInterval(timer);
			await silence();
			await looking;
			const late = setTimeout(() => lastWait.abort(), lastAnswerWithin);
			await Promise.all(carrying);
			clearTimeout(late);
		}
	};
}

/** Forgets old mail. */
export const sweepMail = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		await tx.delete(mailMessages).where(lt(mailMessages.createdAt, new Date(now.getTime() - keptFor)));
	});

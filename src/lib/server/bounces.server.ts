/** What becomes of a mail that comes back after a server took it. */
import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { log } from './log.ts';
import { saysUnreachable } from './mail-answer.ts';
import { mailMessages } from './schema.server.ts';

export type Noted = 'noted' | 'not-final' | 'unknown-mail';

/** Writes down that a mail came back, once, and that its address takes none if that is what its server says. */
export async function noteReport(db: Database, report: DeliveryReport, now = new Date()): Promise<Noted> {
	if (report.action !== 'failed') return 'not-final';
	const noted = await db.asService(async (tx) => {
		const [mail] = await tx
			.select({
				address: mailMessages.toAddress,
				kind: mailMessages.kind,
				failure: mailMessages.failure,
				attempts: mailMessages.attempts,
				createdAt: mailMessages.createdAt
			})
			.from(mailMessages)
			.where(eq(mailMessages.id, report.mail))
			.for('update');
		// What was never given to a server can't come back.
		if (!mail || mail.attempts === 0) return null;
		if (mail.failure === 'bounced') return mail;
		await tx
			.update(mailMessages)
			.set({
				failure: 'bounced',
				failedAt: now,
				status: report.status,
				bodyText: '',
				bodyHtml: '',
				calendar: null,
				headers: {}
			})
			.where(eq(mailMessages.id, report.mail));
		if (report.status && saysUnreachable(report.status))
			await tx.execute(
				sql`select app.mail_comes_back(${mail.address}, ${report.status}, ${mail.createdAt.toISOString()}::timestamptz)`
			);
		return mail;
	});
	if (!noted) return 'unknown-mail';
	log('mail-came-back', { mail: report.mail, kind: noted.kind, status: report.status });
	return 'noted';
}

import { notFound } from '#lib/errors.ts';
import { isBearer } from '#lib/server/bearer.ts';
import { type Noted, noteReport } from '#lib/server/bounces.server.ts';
import { db } from '#lib/server/current.ts';
import { largestReport, readReport } from '#lib/server/delivery-report.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

const said: Record<Noted, string> = {
	noted: 'Noted that this mail came back.',
	'not-final': 'This report is of no end: nothing was noted.',
	'unknown-mail': 'This report is of no mail that is still known here: nothing was noted.'
};

const plain = (status: number, sentence: string, headers: Record<string, string> = {}) =>
	new Response(sentence, { status, headers: { 'cache-control': 'no-store', ...headers } });

/**
 * For the mail server that collects what comes back (the mailbox of MAIL_FROM), who shows BOUNCES_TOKEN and sends each
 * report as it came. Without a token there is no such address: it stands on the internet.
 */
export const POST: RequestHandler = async ({ request }) => {
	const { BOUNCES_TOKEN } = readSettings();
	if (!BOUNCES_TOKEN) throw notFound('page');
	if (!isBearer(request.headers.get('authorization'), BOUNCES_TOKEN))
		return plain(401, 'Reports are taken from whoever shows the token that BOUNCES_TOKEN holds.', {
			'www-authenticate': 'Bearer'
		});
	if (!/^message\/rfc822\s*(;|$)/i.test(request.headers.get('content-type') ?? ''))
		return plain(415, 'A report is sent as it came, with the content type message/rfc822.');
	if (Number(request.headers.get('content-length')) > largestReport)
		return plain(413, `A report is at most ${largestReport / 1024} KiB, so this was not read.`);
	const raw = await request.arrayBuffer().catch(() => null);
	if (!raw) return plain(400, 'This report did not arrive whole, so nothing was noted. Please send it again.');
	const report = await readReport(new Uint8Array(raw));
	if ('unreadable' in report) return plain(400, report.unreadable);
	return plain(200, said[await noteReport(db(), report)]);
};

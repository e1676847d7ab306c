import { expect, test } from 'vitest';
import { largestReport, readReport } from './delivery-report.ts';

const id = '019aa000-0000-7000-8000-000000000001';

type Parts = { status?: string; returned?: string; type?: string; recipient?: string };

/** As Postfix writes one. */
export const report = ({
	status = 'Final-Recipient: rfc822; ada@school.example\nOriginal-Recipient: rfc822;ada@school.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user here',
	type = 'message/rfc822',
	returned = `Message-ID: <${id}@wayfellow>\nFrom: no-reply@wayfellow.example\nTo: ada@school.example\nSubject: Your week\n\nHello Ada`
}: Parts = {}) =>
	`Return-Path: <>
From: MAILER-DAEMON@mx.school.example (Mail Delivery System)
To: no-reply@wayfellow.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.school.example
Arrival-Date: Mon, 30 Nov 2026 08:00:00 +0000

${status}

--B
Content-Type: ${type}

${returned}
--B--
`.replaceAll('\n', '\r\n');

const read = (text: string) => readReport(new TextEncoder().encode(text));
const reason = async (text: string) => {
	const found = await read(text);
	return 'unreadable' in found ? found.unreadable : found;
};

test('a report says which mail of ours did not arrive, and why in a number', async () => {
	expect(await read(report())).toEqual({ mail: id, action: 'failed', status: '5.1.1' });
});

test.for<[what: string, parts: Parts, read: object]>([
	[
		'only the headers come back',
		{ type: 'text/rfc822-headers', returned: `Subject: x\nMessage-ID: <${id}@wayfellow>` },
		{ status: '5.1.1' }
	],
	['the id stands in the line after its name', { returned: `Message-ID:\n <${id}@wayfellow>\n\nHello` }, { mail: id }],
	[
		'names in capitals',
		{ status: 'FINAL-RECIPIENT: rfc822;a@b.example\nACTION: Failed\nSTATUS: 5.2.1' },
		{ action: 'failed', status: '5.2.1' }
	],
	[
		'a server that goes on trying',
		{ status: 'Action: delayed\nStatus: 4.4.1' },
		{ action: 'delayed', status: '4.4.1' }
	],
	[
		'a comment after the word',
		{ status: 'Action: failed (given up)\nStatus: 5.4.4 (no route)' },
		{ action: 'failed', status: '5.4.4' }
	],
	['a number that is none', { status: 'Action: failed\nStatus: 550' }, { status: null }],
	['no number', { status: 'Action: failed' }, { status: null }]
])('%s', async ([, parts, expected]) => {
	expect(await read(report(parts))).toMatchObject(expected);
});

test.for<[what: string, raw: string, sentence: string]>([
	['nothing', '', 'holds no delivery report'],
	['a letter', 'From: a@b.example\r\nSubject: hi\r\n\r\nAction: failed\r\nStatus: 5.1.1', 'holds no delivery report'],
	['signs that are no mail', '\0\x01\x02\uFFFD'.repeat(500), 'holds no delivery report'],
	['no word of what happened', report({ status: 'Status: 5.1.1' }), 'what became of the mail'],
	['a word that there is not', report({ status: 'Action: exploded\nStatus: 5.1.1' }), 'what became of the mail'],
	['somebody else’s mail', report({ returned: 'Message-ID: <1@elsewhere.example>\n\nHello' }), 'of which mail'],
	[
		'an id in the words of a mail',
		report({ returned: `Subject: x\n\nMessage-ID: <${id}@wayfellow>` }),
		'of which mail'
	],
	['an id that is none', report({ returned: "Message-ID: <' or 1=1 --@wayfellow>\n\n" }), 'of which mail'],
	[
		'too long',
		report({ returned: `Message-ID: <${id}@wayfellow>\n\n${'x'.repeat(largestReport)}` }),
		'longer than a report is'
	],
	['headers without end', `${'X: y\r\n'.repeat(20_000)}\r\n`, 'can not be read as a mail'],
	[
		'parts within parts within parts',
		Array.from({ length: 500 }, (_, i) => `Content-Type: multipart/mixed; boundary="b${i}"\r\n\r\n--b${i}\r\n`).join(
			''
		),
		'can not be read as a mail'
	]
])('%s is refused with a sentence', async ([, raw, sentence]) => {
	expect(await reason(raw)).toContain(sentence);
});

test('a report cut off anywhere is read or refused, and never breaks anything', async () => {
	const whole = report();
	for (let end = 0; end < whole.length; end += 7) {
		const found = await read(whole.slice(0, end));
		if (!('unreadable' in found)) expect(found).toMatchObject({ mail: id, action: 'failed' });
	}
});

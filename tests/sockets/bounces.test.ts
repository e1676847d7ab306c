/** The door of what comes back, in the production build. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { until } from '../live-room.ts';
import { startProduct, type Product } from '../product.ts';
import { smtp } from '../smtp-sink.ts';

const token = 'only-for-this-test';
let product: Product;
let server: Awaited<ReturnType<typeof smtp>>;
beforeAll(async () => {
	server = await smtp();
	product = await startProduct({ BOUNCES_TOKEN: token, SMTP_URL: server.url });
});
afterAll(async () => {
	await product?.stop();
	server?.close();
});

const send = (body: string, headers: Record<string, string> = {}) =>
	fetch(`${product.base}/mail/bounces`, {
		method: 'POST',
		body,
		headers: { authorization: `Bearer ${token}`, 'content-type': 'message/rfc822', ...headers }
	});
const said = async (body: string, headers: Record<string, string> = {}) => {
	const response = await send(body, headers);
	return [response.status, await response.text()];
};
const report = (id: string, action = 'failed') =>
	[
		'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
		'',
		'--B',
		'Content-Type: message/delivery-status',
		'',
		'Reporting-MTA: dns; mx.school.example',
		'',
		`Action: ${action}`,
		'Status: 5.1.1',
		'',
		'--B',
		'Content-Type: message/rfc822',
		'',
		`Message-ID: ${id}`,
		'',
		'Hello',
		'--B--',
		''
	].join('\r\n');
const nobodys = '<00000000-0000-7000-8000-000000000000@wayfellow>';

test('it opens to whoever shows the token, and to nobody else', async () => {
	for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Basic ${token}`]) {
		const response = await send(report(nobodys), { authorization });
		expect(response.status, authorization).toBe(401);
		expect(response.headers.get('www-authenticate')).toBe('Bearer');
	}
	expect((await fetch(`${product.base}/mail/bounces`)).status).toBe(405);
});

test('whatever else is sent is refused with a sentence', async () => {
	expect(await said(report(nobodys), { 'content-type': 'text/plain' })).toEqual([
		415,
		expect.stringContaining('message/rfc822')
	]);
	expect(await said('x'.repeat(300 * 1024))).toEqual([413, expect.stringContaining('256 KiB')]);
	for (const body of ['', 'hello', '\0'.repeat(1000), report('<1@elsewhere.example>'), report(nobodys, 'exploded')])
		expect(await said(body)).toEqual([400, expect.stringContaining('nothing was noted')]);
	expect(await said(report(nobodys))).toEqual([200, expect.stringContaining('no mail that is still known')]);
	expect(await said(report(nobodys, 'delayed'))).toEqual([200, expect.stringContaining('no end')]);
});

test('a mail that went out and comes back is noted, also when that is said twice', async () => {
	const { rosa } = cast.people;
	await fetch(`${product.base}/sign-in`, {
		method: 'POST',
		body: new URLSearchParams({ email: rosa.email }),
		headers: { origin: product.base, accept: 'text/html' },
		redirect: 'manual'
	});
	await until('the mail has gone out', () => server.mails.length > 0);
	const id = /^Message-ID: (<.+>)$/m.exec(server.mails[0]!)![1]!;
	await until('and is noted as sent', async () => (await said(report(id)))[1] === 'Noted that this mail came back.');
	expect(await said(report(id))).toEqual([200, 'Noted that this mail came back.']);
});

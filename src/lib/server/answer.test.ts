import { expect, test } from 'vitest';
import { formOf } from './answer.ts';

const sent = (body: BodyInit, headers: Record<string, string> = {}) =>
	formOf(new Request('http://localhost/', { method: 'POST', body, headers }));

test('the fields of a form are read as they were typed', async () => {
	const form = await sent(new URLSearchParams({ title: 'Three hands é 🙂', more: 'x\ny' }));
	expect(form.get('title')).toBe('Three hands é 🙂');
	expect(form.get('more')).toBe('x\ny');
});

test.for<[what: string, fields: Record<string, string>]>([
	['a value', { title: 'x\0y' }],
	['a name', { 'x\0': 'y' }]
])('a zero byte in %s is refused in a sentence, whatever field it is in', async ([, fields]) => {
	await expect(sent(new URLSearchParams(fields))).rejects.toMatchObject({
		reason: 'rule',
		message: expect.stringContaining('no text')
	});
});

test('what is no form, or broke off, is refused in a sentence', async () => {
	await expect(sent('{"a":1}', { 'content-type': 'application/json' })).rejects.toMatchObject({ reason: 'rule' });
	await expect(sent('--x', { 'content-type': 'multipart/form-data; boundary=x' })).rejects.toMatchObject({
		reason: 'rule'
	});
});

import { createECDH, createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { opened } from '../../../tests/push-endpoint.ts';
import { authorization, demandKeys, longestMessage, seal } from './push-message.ts';

/** RFC 8291, appendix A. */
const rfc = {
	text: 'When I grow up, I want to be a watermelon',
	auth: 'BTBZMqHH6r4Tts7J_aSIgg',
	receiver: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
	p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
	sender: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
	salt: 'DGv6ra1nlYgDCS1FRnbzlw',
	sealed:
		'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'
};

test('the example of the RFC is sealed as in the RFC', () => {
	const own = { privateKey: Buffer.from(rfc.sender, 'base64url'), salt: Buffer.from(rfc.salt, 'base64url') };
	expect(seal(rfc.text, rfc, own).toString('base64url')).toBe(rfc.sealed);
});

test('what is sealed anew each time opens with the browser’s key alone', () => {
	const receiver = createECDH('prime256v1');
	receiver.setPrivateKey(Buffer.from(rfc.receiver, 'base64url'));
	const [one, other] = [seal('“Größe” 😀', rfc), seal('“Größe” 😀', rfc)];
	expect(one.equals(other)).toBe(false);
	for (const sealed of [one, other]) expect(opened(sealed, receiver, rfc.auth)).toBe('“Größe” 😀');
	const stranger = createECDH('prime256v1');
	stranger.generateKeys();
	expect(() => opened(one, stranger, rfc.auth)).toThrow();
	expect(() => seal('x'.repeat(longestMessage + 1), rfc)).toThrow(RangeError);
});

test.for([
	['no point', { p256dh: '', auth: rfc.auth }],
	[
		'a point that is not on the curve',
		{ p256dh: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 7)]).toString('base64url'), auth: rfc.auth }
	],
	['a secret that is too short', { p256dh: rfc.p256dh, auth: 'AAAA' }]
] as const)('refuses keys of no browser: %s', ([, keys]) => {
	expect(() => demandKeys(keys)).toThrow(TypeError);
	expect(() => demandKeys(rfc)).not.toThrow();
});

test('says who sends, to whom, for half a day, signed with the key that the browser was given', () => {
	const key = createECDH('prime256v1');
	key.generateKeys();
	const publicKey = key.getPublicKey('base64url');
	const privateKey = Buffer.from(key.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
	const now = new Date('2026-12-01T12:00:00Z');
	const header = authorization(
		'https://push.example/a/b?c',
		{ publicKey, privateKey, subject: 'mailto:a@b.example' },
		now
	);
	const [, token, k] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header)!;
	expect(k).toBe(publicKey);
	const [head, claims, signature] = token!.split('.') as [string, string, string];
	expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
		aud: 'https://push.example',
		exp: now.getTime() / 1000 + 12 * 3600,
		sub: 'mailto:a@b.example'
	});
	const point = key.getPublicKey();
	const jwk = {
		kty: 'EC',
		crv: 'P-256',
		x: point.subarray(1, 33).toString('base64url'),
		y: point.subarray(33).toString('base64url')
	};
	const verifier = createPublicKey({ key: jwk, format: 'jwk' });
	expect(
		verify(
			'sha256',
			Buffer.from(`${head}.${claims}`),
			{ key: verifier, dsaEncoding: 'ieee-p1363' },
			Buffer.from(signature, 'base64url')
		)
	).toBe(true);
});

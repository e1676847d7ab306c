import { expect, test } from 'vitest';
import { failureInWords, kindInWords } from './failed-mail.ts';

test.for<[failure: string, status: string | null, kind: string, means: string, helps: string]>([
	['bounced', '5.1.1', 'digest', 'no such mailbox', 'which address they read'],
	['550', null, 'digest', 'no such mailbox', 'which address they read'],
	['550', '5.1.1', 'invitation', 'no such mailbox', 'invite the right one'],
	['bounced', '5.1.2', 'invitation', 'behind the @', 'invite the right one'],
	['bounced', '5.2.1', 'reply', 'closed', 'changed schools'],
	['bounced', '5.2.2', 'reply', 'full', 'make room'],
	['552', null, 'reply', 'full', 'make room'],
	['550', '5.7.1', 'reply', 'rule of its own', 'let mails of Wayfellow through'],
	['554', null, 'reply', 'rule of its own', 'let mails of Wayfellow through'],
	['bounced', null, 'reply', 'came back', 'If it happens again'],
	['bounced', '4.4.7', 'reply', 'came back', 'If it happens again'],
	['unknown', null, 'reply', 'Nobody knows whether it left', 'not sent a second time'],
	['451', '4.3.0', 'reply', 'said “later”', 'Wait'],
	['ECONNECTION', null, 'reply', 'our own mail server', 'whoever runs this Wayfellow'],
	['interrupted', null, 'reply', 'our own mail server', 'whoever runs this Wayfellow']
])('%s %s of %s', ([failure, status, kind, means, helps]) => {
	const words = failureInWords({ failure, status, kind });
	expect(words.means).toContain(means);
	expect(words.helps).toContain(helps);
});

test('of mails about an account a manager reads that they were about the account, and not what was asked', () => {
	const kinds = ['address-proof', 'ways-in-changed', 'passkey-added', 'passkey-let-in-again', 'deletion-asked'];
	expect(new Set(kinds.map(kindInWords))).toEqual(new Set(['Mail about the account']));
	expect(kindInWords('something-new')).toBe('Notification');
});

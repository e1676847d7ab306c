import { expect, test } from 'vitest';
import { readAnswer, saysUnreachable } from './mail-answer.ts';

test.for<[status: string, unreachable: boolean]>([
	['5.1.1', true], // no such mailbox
	['5.1.2', true], // no such domain
	['5.1.10', true], // the domain takes no mail at all
	['5.1.7', false], // about our own address
	['5.1.8', false],
	['5.2.1', true], // closed
	['5.2.2', false], // full
	['5.7.1', false], // not taken, for a reason of policy
	['4.1.1', false], // not yet certain
	['5.4.4', false]
])('%s says that an address is given up: %s', ([status, unreachable]) =>
	expect(saysUnreachable(status)).toBe(unreachable)
);

test.for<
	[
		command: string | undefined,
		response: string | undefined,
		failure: string,
		status: string | null,
		final: boolean,
		unreachable: boolean
	]
>([
	['RCPT TO', '550 5.1.1 <ada@school.example> unknown', '550', '5.1.1', true, true],
	['RCPT TO', '550 no such user', '550', null, true, true],
	['RCPT TO', '552 mailbox full', '552', null, true, false],
	['RCPT TO', '554-5.7.1 refused\n554 5.7.1 by policy', '554', '5.7.1', true, false],
	['RCPT TO', '450 4.2.0 greylisted', '450', '4.2.0', false, false],
	['DATA', '550 5.7.1 looks like spam', '550', '5.7.1', true, false],
	['DATA', '550 no', '550', null, true, false], // what was read may be why: not the address's fault for certain
	['DATA', '451 4.3.0 later', '451', '4.3.0', false, false],
	['AUTH LOGIN', '535 5.7.8 wrong password', '535', '5.7.8', false, false],
	['MAIL FROM', '550 5.1.8 who are you', '550', '5.1.8', false, false],
	['RCPT TO', '550 5.1.1111 odd', '550', null, true, true],
	['CONN', undefined, 'ECONNECTION', null, false, false],
	[undefined, undefined, 'ECONNECTION', null, false, false]
])('after %s, %s', ([command, response, failure, status, final, unreachable]) => {
	const error = Object.assign(new Error('no'), {
		code: 'ECONNECTION',
		command,
		response,
		responseCode: Number(response?.slice(0, 3)) || undefined
	});
	expect(readAnswer(error)).toEqual({ failure, status, final, unreachable });
});

test('what is no error of a mail server is not known', () => {
	for (const odd of [undefined, null, 'no', {}])
		expect(readAnswer(odd)).toEqual({ failure: 'unknown', status: null, final: false, unreachable: false });
});

/** What another mail server says to a mail, and what follows from it. Knows SMTP (RFC 5321) and its numbers (RFC 3463). */

export type MailAnswer = {
	/** The answer's three digits, or the name of what went wrong before there was one. Never its words: they quote the address. */
	failure: string;
	/** Such as 5.1.1; null where the server gave none. */
	status: string | null;
	/** Whether asking again would be answered the same. */
	final: boolean;
	/** Whether it is the address that can't take mail, now and tomorrow. */
	unreachable: boolean;
};

/**
 * Whether a number says that there is no such mailbox or none any more: 5.1 is about addresses but for its senders
 * (5.1.7 and 5.1.8), 5.2.1 a mailbox that was closed. A full mailbox, a policy or a suspicion of spam is no reason to give
 * an address up.
 */
export const saysUnreachable = (status: string): boolean =>
	status === '5.2.1' || (/^5\.1\.\d+$/.test(status) && !/^5\.1\.[78]$/.test(status));

/** Reads an error of the mail library. */
export function readAnswer(error: unknown): MailAnswer {
	const { responseCode, code, command, response } = (error ?? {}) as Partial<
		Record<'code' | 'command' | 'response', string> & { responseCode: number }
	>;
	if (!responseCode) return { failure: code ?? 'unknown', status: null, final: false, unreachable: false };
	const status = /^[45]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1] ?? null;
	// A password that is wrong, or a sender that the server does not take, is ours to mend: the mail waits for it.
	const aboutTheMail = command === 'RCPT TO' || command === 'DATA';
	const final = responseCode >= 500 && aboutTheMail;
	return {
		failure: String(responseCode),
		status,
		final,
		unreachable:
			final && (status ? saysUnreachable(status) : command === 'RCPT TO' && [550, 551, 553].includes(responseCode))
	};
}

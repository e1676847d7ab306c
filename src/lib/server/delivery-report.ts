/**
 * Reads what a mail server sends back when a mail did not arrive (a delivery report, RFC 3464). It comes from outside and
 * may be anything at all: bounded in size, depth and time, and nothing of it is kept but a number.
 */
import PostalMime, { type Email } from 'postal-mime';

/** Bytes. A report holds at most the mail that it is about; the longest of ours are some 30 KiB. */
export const largestReport = 256 * 1024;

export type DeliveryReport = {
	/** The mail that it is about: the id that we gave it. */
	mail: string;
	/** Only `failed` is an end; a server that says `delayed` goes on trying. */
	action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
	/** Such as 5.1.1; null where none is given that is one. */
	status: string | null;
};

/** What is wrong with what was sent, in a sentence. */
export type Unreadable = { unreadable: string };

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;

/** The value of a field, its first line without comments. */
const fieldOf = (text: string, name: string): string | null =>
	new RegExp(`^${name}:[ \\t]*([^\\r\\n]{0,300})`, 'im').exec(text)?.[1]?.trim() ?? null;

const ourId = /<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@wayfellow>/i;

/** @param raw the whole mail as it came */
export async function readReport(raw: Uint8Array): Promise<DeliveryReport | Unreadable> {
	if (raw.length > largestReport)
		return { unreadable: `This is longer than a report is (at most ${largestReport / 1024} KiB), so it was not read.` };
	let email: Email;
	try {
		email = await PostalMime.parse(raw, {
			attachmentEncoding: 'utf8',
			// The mail that comes back is not to be opened, only its headers are looked at.
			forceRfc822Attachments: true,
			maxNestingDepth: 8,
			maxHeadersSize: 64 * 1024
		});
	} catch {
		return { unreadable: 'This can not be read as a mail, so nothing was noted.' };
	}
	const partsOf = (...types: string[]) =>
		email.attachments.filter(({ mimeType }) => types.includes(mimeType)).map(({ content }) => String(content));
	const [said] = partsOf('message/delivery-status', 'message/global-delivery-status');
	if (said === undefined)
		return { unreadable: 'This mail holds no delivery report (message/delivery-status), so nothing was noted.' };
	const action = fieldOf(said, 'Action')?.toLowerCase().split(/[\s(]/)[0];
	const known = actions.find((one) => one === action);
	if (!known) return { unreadable: 'This delivery report does not say what became of the mail, so nothing was noted.' };
	// Only whoever got the mail, and the servers on its way, know its id: whoever makes up a report has to guess it.
	const returned = partsOf(
		'message/rfc822',
		'text/rfc822-headers',
		'message/rfc822-headers',
		'message/global',
		'message/global-headers'
	);
	const mail = returned.map((text) => ourId.exec(headersOf(text))?.[1]).find(Boolean);
	if (!mail)
		return {
			unreadable:
				'This delivery report does not say of which mail of ours it is (no Message-ID that we gave), so nothing was noted.'
		};
	const status = /^[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(fieldOf(said, 'Status') ?? '')?.[0] ?? null;
	return { mail: mail.toLowerCase(), action: known, status };
}

/** The field that names a mail, with the lines that it goes on in: an id in the words of a mail is nobody's. */
function headersOf(text: string): string {
	const head = /^[\s\S]*?(?=\r?\n\r?\n|$(?![\s\S]))/.exec(text)?.[0] ?? '';
	return /^Message-ID:[^\r\n]*(\r?\n[ \t][^\r\n]*)*/im.exec(head)?.[0] ?? '';
}

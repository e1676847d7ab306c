/** The mail about what a coach wrote. It says who wrote and where it stands, and no word of it. Pure. */
import { letter, type Message } from '#lib/server/mail.ts';
import type { ReachKind } from './reach-words.ts';

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** @param origin where the product is */
export function reachMail(
	told: { kind: ReachKind; by: string; address: string; pairId: string },
	origin: string
): Message {
	const by = oneLine(told.by);
	const first =
		told.kind === 'slot'
			? `${by}, who looks after your pair, offers a time to sit down together.`
			: `${by}, who looks after your pair, wrote to you.`;
	const words = told.kind === 'slot' ? 'See the time' : 'Read it';
	const link = `${origin}/pairs/${told.pairId}#coach`;
	const last = `Nothing is expected of you by a day. Whether mails like this come, you say here: ${origin}/account/calendar`;
	const subject = told.kind === 'slot' ? `${by} offers a time` : `${by} wrote to you`;
	return { kind: 'coach', toAddress: told.address, ...letter({ subject, first, words, link, last }) };
}

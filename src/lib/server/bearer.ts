import { createHash, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Whether an Authorization header carries this token. Compared in constant time, whatever its length. */
export function isBearer(header: string | null, token: string): boolean {
	const [, given = ''] = /^bearer +(\S+)$/i.exec(header ?? '') ?? [];
	return timingSafeEqual(sha256(given), sha256(token));
}

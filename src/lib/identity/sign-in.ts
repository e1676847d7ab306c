/** The rules of the e-mail way in. Pure: the clock and chance come from outside. */

const minute = 60_000;

/** How long a link and its code work. Short, because a mailbox is read by more than one person more often than hoped. */
export const linkLife = 15 * minute;
/**
 * Links per address within one link's life. Counted for known and unknown addresses alike. Whoever is refused for it
 * has an unused link in the mailbox, so flooding an address with requests can't keep its owner out.
 */
export const linksPerAddress = 5;
/** Links per network address within the same time: a school behind one address signs in on the same morning. */
export const linksPerNetwork = 100;
/** Tries of one code, the right one included. 25 to the power of 8 codes make five guesses worthless. */
export const codeTries = 5;

/** Addresses of one person: a school or two, a home, and those of former ones. */
export const addressesPerPerson = 10;

/** No vowels (no words), and nothing that looks like something else. */
export const codeLetters = 'BCDFGHJKMNPQRTVWXYZ346789';
export const codeLength = 8;

/** As a person typed it: any case, with or without the dash; null when it can't be a code. */
export function readCode(typed: string): string | null {
	if (typed.length > 40) return null;
	const code = typed.toUpperCase().replace(/[\s-]/g, '');
	return code.length === codeLength && [...code].every((letter) => codeLetters.includes(letter)) ? code : null;
}

/** What a person is told whose text can be no code at all. */
export const noCode = 'A code has eight letters and digits, like BCDF-GHJK. Please look at the mail again.';

/** What a person is told whose code was not taken. @param left how often they may still try; `dead` when it lets nobody in */
export const wrongCode = (left: number | 'dead'): string =>
	left === 'dead' || left === 0
		? 'This code no longer works: it was used, is too old, or was tried too often. Ask for a new one.'
		: `That is not the code of the newest mail. You can try ${left === 1 ? 'once more' : `${left} more times`}.`;

/** BCDF-GHJK: easier to carry from one screen to another. */
export const showCode = (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`;

/**
 * An e-mail address as we keep it: Unicode form NFKC, then lower case, before anything else looks at it, so that two
 * spellings of one mailbox can't be two people. Null when no mail could go there.
 */
export function normaliseAddress(typed: string): string | null {
	if (typed.length > 1000) return null;
	const address = typed.normalize('NFKC').trim().toLowerCase();
	if (address.length > 254) return null;
	return /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]{1,64}@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+\.[^\s@<>()[\]\\,;:".\p{Cc}\p{Cf}]+$/u.test(
		address
	)
		? address
		: null;
}

/** A place inside Wayfellow to go to after signing in; anything that leads elsewhere leads home. */
export function safeNext(next: string | null | undefined): string {
	if (!next || next.length > 500 || !next.startsWith('/')) return '/';
	const url = URL.parse(next, 'http://here.invalid');
	// Browsers read `/\host` and `//host` as another host; the parser does too, so it decides.
	return url?.origin === 'http://here.invalid' && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}

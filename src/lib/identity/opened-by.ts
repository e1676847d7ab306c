/** How somebody came in, in words. */
export const openedByWords = {
	mail: 'by mail',
	passkey: 'with a passkey',
	provider: 'with a school or other account',
	demo: 'by one click, as one of the demo’s cast'
} as const;

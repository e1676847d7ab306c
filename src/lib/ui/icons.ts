/**
 * The icons of the product: names of lucide (ISC licence). After a change run `node scripts/icons.ts`, which writes
 * exactly these into `static/icons.svg`; `icons.test.ts` notices when that was forgotten, or when an icon is shown nowhere.
 */
export const icons = [
	'bell',
	'check',
	'circle-alert',
	'cloud-off',
	'copy',
	'eye',
	'house',
	'log-out',
	'mail',
	'messages-square',
	'pen-line',
	'rotate-ccw',
	'user-round'
] as const;

export type IconName = (typeof icons)[number];

/**
 * The icons of the product: names of lucide (ISC licence). After a change run `node scripts/icons.ts`, which writes
 * exactly these into `static/icons.svg`; `icons.test.ts` notices when that was forgotten.
 */
export const icons = [
	'arrow-left',
	'arrow-right',
	'bold',
	'check',
	'circle-alert',
	'cloud-off',
	'copy',
	'eye',
	'heading',
	'house',
	'italic',
	'link',
	'list',
	'list-ordered',
	'log-out',
	'mail',
	'pen-line',
	'plus',
	'quote',
	'redo-2',
	'rotate-ccw',
	'undo-2',
	'users',
	'x'
] as const;

export type IconName = (typeof icons)[number];

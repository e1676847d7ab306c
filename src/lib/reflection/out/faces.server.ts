/** Literata as a PDF needs it: in the bundle of the server, so that nothing has to be found beside it. Loaded with the first PDF. */
import latinRegular from '@fontsource/literata/files/literata-latin-400-normal.woff?inline';
import latinBold from '@fontsource/literata/files/literata-latin-600-normal.woff?inline';
import latinItalic from '@fontsource/literata/files/literata-latin-400-italic.woff?inline';
import latinBoldItalic from '@fontsource/literata/files/literata-latin-600-italic.woff?inline';
import latinExtRegular from '@fontsource/literata/files/literata-latin-ext-400-normal.woff?inline';
import latinExtBold from '@fontsource/literata/files/literata-latin-ext-600-normal.woff?inline';
import latinExtItalic from '@fontsource/literata/files/literata-latin-ext-400-italic.woff?inline';
import latinExtBoldItalic from '@fontsource/literata/files/literata-latin-ext-600-italic.woff?inline';
import cyrillicRegular from '@fontsource/literata/files/literata-cyrillic-400-normal.woff?inline';
import cyrillicBold from '@fontsource/literata/files/literata-cyrillic-600-normal.woff?inline';
import cyrillicItalic from '@fontsource/literata/files/literata-cyrillic-400-italic.woff?inline';
import cyrillicBoldItalic from '@fontsource/literata/files/literata-cyrillic-600-italic.woff?inline';
import greekRegular from '@fontsource/literata/files/literata-greek-400-normal.woff?inline';
import greekBold from '@fontsource/literata/files/literata-greek-600-normal.woff?inline';
import greekItalic from '@fontsource/literata/files/literata-greek-400-italic.woff?inline';
import greekBoldItalic from '@fontsource/literata/files/literata-greek-600-italic.woff?inline';
import vietnameseRegular from '@fontsource/literata/files/literata-vietnamese-400-normal.woff?inline';
import vietnameseBold from '@fontsource/literata/files/literata-vietnamese-600-normal.woff?inline';
import vietnameseItalic from '@fontsource/literata/files/literata-vietnamese-400-italic.woff?inline';
import vietnameseBoldItalic from '@fontsource/literata/files/literata-vietnamese-600-italic.woff?inline';
import type { Faces } from './letters.ts';

const bytes = (address: string) => new Uint8Array(Buffer.from(address.slice(address.indexOf(',') + 1), 'base64'));

export const faces: Faces = {
	'latin/regular': bytes(latinRegular),
	'latin/bold': bytes(latinBold),
	'latin/italic': bytes(latinItalic),
	'latin/bold-italic': bytes(latinBoldItalic),
	'latin-ext/regular': bytes(latinExtRegular),
	'latin-ext/bold': bytes(latinExtBold),
	'latin-ext/italic': bytes(latinExtItalic),
	'latin-ext/bold-italic': bytes(latinExtBoldItalic),
	'cyrillic/regular': bytes(cyrillicRegular),
	'cyrillic/bold': bytes(cyrillicBold),
	'cyrillic/italic': bytes(cyrillicItalic),
	'cyrillic/bold-italic': bytes(cyrillicBoldItalic),
	'greek/regular': bytes(greekRegular),
	'greek/bold': bytes(greekBold),
	'greek/italic': bytes(greekItalic),
	'greek/bold-italic': bytes(greekBoldItalic),
	'vietnamese/regular': bytes(vietnameseRegular),
	'vietnamese/bold': bytes(vietnameseBold),
	'vietnamese/italic': bytes(vietnameseItalic),
	'vietnamese/bold-italic': bytes(vietnameseBoldItalic)
};

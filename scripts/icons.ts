/** Writes static/icons.svg: one sprite with the icons that the product uses, and no others. `node scripts/icons.ts` */
import { readFileSync, writeFileSync } from 'node:fs';
import { icons } from '#lib/ui/icons.ts';

/** The sprite as text. Stroke and size are set where an icon is shown, so a symbol holds shapes only. */
export function sprite(): string {
	const symbols = icons.map((name) => {
		const svg = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, 'utf8');
		const shapes = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1];
		if (!shapes) throw new Error(`lucide has no shapes for "${name}".`);
		return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, '').trim()}</symbol>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide, ISC licence -->\n${symbols.join('\n')}\n</svg>\n`;
}

if (import.meta.main) {
	writeFileSync('static/icons.svg', sprite());
	console.log(`static/icons.svg holds ${icons.length} icons.`);
}

import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sprite } from '../../../scripts/icons.ts';
import { icons } from './icons.ts';

test('the sprite holds exactly the icons that the list names', () => {
	expect(readFileSync('static/icons.svg', 'utf8')).toBe(sprite());
});

test('every icon of the list is shown somewhere', () => {
	const screens = [...globSync('src/**/*.svelte'), 'src/lib/ui/frame.ts'].map((path) => readFileSync(path, 'utf8'));
	const shown = (name: string) => screens.some((screen) => new RegExp(`\\b(name=|icon: ).${name}['"]`).test(screen));
	expect(icons.filter((name) => !shown(name))).toEqual([]);
});

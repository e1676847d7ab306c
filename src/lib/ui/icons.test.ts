import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sprite } from '../../../scripts/icons.ts';

test('the sprite holds exactly the icons that the list names', () => {
	expect(readFileSync('static/icons.svg', 'utf8')).toBe(sprite());
});

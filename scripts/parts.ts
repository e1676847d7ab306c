/**
 * `npm run parts`: writes which packages of others the product is made of, with versions, licences and checksums, into
 * parts.cdx.json: CycloneDX, which scanners of weaknesses read. Made by npm itself from the lock file; what only
 * development needs is left out.
 */
import { writeFileSync } from 'node:fs';
import { listParts } from './parts/list.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const parts = listParts();
	const file = 'parts.cdx.json';
	writeFileSync(file, `${JSON.stringify(parts, null, '\t')}\n`);
	console.log(`Wrote ${file}: ${parts.components.length} packages.`);
});

/** What is in a zip file, read by a program that did not write it: it checks sizes and checksums as it goes. */
import yauzl from 'yauzl';

/** The files by name, as text. @throws Error when the zip is damaged or two files have one name */
export async function unzipped(zip: Uint8Array): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	const archive = await yauzl.fromBufferPromise(Buffer.from(zip));
	for await (const entry of archive.eachEntry()) {
		if (files.has(entry.fileName)) throw new Error(`Two files are called ${entry.fileName}.`);
		const pieces: Buffer[] = [];
		for await (const piece of await archive.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
		files.set(entry.fileName, Buffer.concat(pieces).toString('utf8'));
	}
	return files;
}

import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { remakePicture } from './pictures.server.ts';

const secret = 'SECRET-OF-THE-CAMERA';
const exif = {
	IFD0: { Make: secret, ImageDescription: secret, Copyright: secret },
	IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '41/1 52/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '87/1 37/1 0/1' }
};
const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="${secret}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

/** A picture, left half dark and right half light, so that one sees how it is turned. */
function pixels(width = 400, height = 200) {
	const data = Buffer.alloc(width * height * 3, 20);
	for (let y = 0; y < height; y++)
		for (let x = width / 2; x < width; x++) data.fill(230, (y * width + x) * 3, (y * width + x) * 3 + 3);
	return sharp(data, { raw: { width, height, channels: 3 } });
}
const withSecrets = (image: ReturnType<typeof pixels>) =>
	image.withExif(exif).withXmp(xmp).withIccProfile('p3').withMetadata({ orientation: 6, exif, icc: 'p3' });

/** A JPEG segment or PNG chunk put in where such stand, as editors and phones do. */
const segment = (marker: number, content: string) =>
	Buffer.concat([
		Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]),
		Buffer.from(content, 'latin1')
	]);
function chunk(name: string, content: Buffer) {
	const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
	let crc = ~0;
	for (const byte of body) {
		crc ^= byte;
		for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(content.length);
	body.copy(out, 4);
	out.writeUInt32BE(~crc >>> 0, body.length + 4);
	return out;
}
const put = (file: Buffer, at: number, ...parts: Buffer[]) =>
	Buffer.concat([file.subarray(0, at), ...parts, file.subarray(at)]);

/** What a WebP file consists of. */
function chunksOf(file: Uint8Array) {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	const name = (at: number) => Buffer.from(file.subarray(at, at + 4)).toString('latin1');
	expect([name(0), name(8)]).toEqual(['RIFF', 'WEBP']);
	expect(view.getUint32(4, true) + 8).toBe(file.length);
	const chunks: { name: string; flags: number }[] = [];
	for (let at = 12; at < file.length;) {
		chunks.push({ name: name(at), flags: file[at + 8]! });
		const size = view.getUint32(at + 4, true);
		at += 8 + size + (size % 2);
	}
	return chunks;
}
const isBare = (file: Uint8Array) => {
	for (const { name, flags } of chunksOf(file)) {
		expect(['VP8 ', 'VP8L', 'VP8X', 'ALPH']).toContain(name);
		// Of ICC, EXIF, XMP and animation it says that there is none; of transparency it may say that there is.
		if (name === 'VP8X') expect(flags & ~0x10).toBe(0);
	}
	expect(Buffer.from(file).includes(secret)).toBe(false);
	expect(Buffer.from(file).includes(Buffer.from(secret, 'utf16le'))).toBe(false);
};
const refusal = (bytes: Uint8Array) =>
	remakePicture(bytes).then(
		() => 'taken',
		(error: unknown) => (error instanceof Refusal ? error.message : Promise.reject(error))
	);

describe('what a camera writes beside the pixels is gone', () => {
	test.for<[what: string, make: () => Promise<Buffer>]>([
		[
			'JPEG',
			async () =>
				put(
					await withSecrets(pixels()).jpeg().toBuffer(),
					2,
					segment(0xfe, secret),
					segment(0xed, `Photoshop 3.0\0${secret}`)
				)
		],
		[
			'PNG',
			async () =>
				put(
					await withSecrets(pixels()).png().toBuffer(),
					33,
					chunk('tEXt', Buffer.from(`Comment\0${secret}`)),
					chunk('zTXt', Buffer.concat([Buffer.from('Author\0\0'), deflateSync(secret)])),
					chunk('iTXt', Buffer.from(`Title\0\0\0\0\0${secret}`)),
					chunk('tIME', Buffer.from([7, 234, 1, 1, 1, 1, 1])),
					chunk('eXIf', Buffer.from(`II*\0${secret}`))
				)
		],
		['WebP', () => withSecrets(pixels()).webp().toBuffer()],
		[
			'what stands behind the end',
			async () => Buffer.concat([await pixels().jpeg().toBuffer(), Buffer.from(`<script>${secret}</script>`)])
		]
	])('%s', async ([, make]) => {
		const sent = await make();
		expect(sent.includes(secret) || sent.includes(Buffer.from('eXIf'))).toBe(true);
		const { content, type } = await remakePicture(sent);
		expect(type).toBe('image/webp');
		isBare(content);
		const { exif, xmp, icc, iptc, orientation } = await sharp(content).metadata();
		expect({ exif, xmp, icc, iptc, orientation }).toEqual({
			exif: undefined,
			xmp: undefined,
			icc: undefined,
			iptc: undefined,
			orientation: undefined
		});
	});
});

test('a picture stands as the camera was held', async () => {
	const { content, width, height } = await remakePicture(
		await pixels().withMetadata({ orientation: 6 }).jpeg().toBuffer()
	);
	expect([width, height]).toEqual([200, 400]);
	const { data, info } = await sharp(content).removeAlpha().raw().toBuffer({ resolveWithObject: true });
	const at = (x: number, y: number) => data[(y * info.width + x) * info.channels]!;
	expect(at(100, 20)).toBeLessThan(60);
	expect(at(100, 380)).toBeGreaterThan(200);
});

test.for<[from: [number, number], to: [number, number]]>([
	[
		[4000, 2000],
		[1600, 800]
	],
	[
		[1000, 3200],
		[500, 1600]
	],
	[
		[300, 200],
		[300, 200]
	],
	[
		[8000, 2],
		[1600, 1]
	]
])('%j becomes %j', async ([[width, height], to]) => {
	const made = await remakePicture(await pixels(width, height).jpeg().toBuffer());
	expect([made.width, made.height]).toEqual(to);
});

test('what is transparent stays so, and an animation is its first picture', async () => {
	const clear = await sharp({
		create: { width: 10, height: 10, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } }
	})
		.png()
		.toBuffer();
	const { content } = await remakePicture(clear);
	isBare(content);
	expect((await sharp(content).metadata()).hasAlpha).toBe(true);
	const frames = Buffer.concat([Buffer.alloc(30 * 30 * 3, 10), Buffer.alloc(30 * 30 * 3, 200)]);
	const film = await sharp(frames, { raw: { width: 30, height: 60, channels: 3, pageHeight: 30 } })
		.gif({ delay: [100, 100] })
		.toBuffer();
	const still = await remakePicture(film);
	expect([still.width, still.height]).toEqual([30, 30]);
	isBare(still.content);
});

describe('what is no picture is refused in a sentence', () => {
	/** A PNG of some kilobytes that unpacks to as many pixels as it says. */
	function bomb(side: number) {
		const head = Buffer.alloc(13);
		head.writeUInt32BE(side, 0);
		head.writeUInt32BE(side, 4);
		head.set([1, 0, 0, 0, 0], 8);
		return Buffer.concat([
			Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
			chunk('IHDR', head),
			chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
			chunk('IEND', Buffer.alloc(0))
		]);
	}
	test.for<[what: string, make: () => Buffer | Promise<Buffer>, says: RegExp]>([
		['half of one', async () => (await pixels(2000, 2000).png().toBuffer()).subarray(0, 3_000), /cut short/],
		['a head alone', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /can not be read/],
		['words', () => Buffer.from('hello'), /can not be read/],
		[
			'SVG',
			() =>
				Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/></svg>'),
			/can not be read/
		],
		['TIFF', () => pixels().tiff().toBuffer(), /can not be read/],
		['AVIF', () => pixels(16, 16).avif().toBuffer(), /can not be read/],
		['a bomb', () => bomb(30_000), /40 million|can not be read/],
		['a larger bomb', () => bomb(2_000_000_000), /40 million|can not be read/],
		['a little more than 40 million points', () => pixels(8_000, 5_001).png().toBuffer(), /40 million/]
	])('%s', async ([, make, says]) => expect(await refusal(await make())).toMatch(says));
});

test('who comes when many wait is told to come back, and the others get theirs', async () => {
	const one = await pixels(1_000, 1_000).jpeg().toBuffer();
	const said = await Promise.all(Array.from({ length: 14 }, () => refusal(one)));
	expect(said.filter((what) => what === 'taken')).toHaveLength(10);
	expect(said.filter((what) => /Many people add pictures/.test(what))).toHaveLength(4);
	expect(await refusal(one)).toBe('taken');
});

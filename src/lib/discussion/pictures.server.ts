/**
 * Pictures, made anew: smaller, in one format, with the pixels that one sees and nothing else. What a camera writes beside
 * them (where, when, with which device, a thumbnail from before the cutting) does not come along, because nothing does.
 */
import { Refusal } from '#lib/errors.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { longestSide, mostPixels } from './file-limits.ts';
import { no } from './files.ts';

/** Seconds for one picture: the largest takes two. */
const patience = 15;
/** So many may wait for their turn: some ten megabytes each. */
const mostWaiting = 10;

export type Picture = { content: Uint8Array<ArrayBuffer>; type: string; width: number; height: number };

/** The library is large, and needed when the first picture comes. */
const loaded = async () => {
	const { default: sharp } = await import('sharp');
	sharp.cache(false);
	sharp.concurrency(1);
	// Formats that browsers show, and no reader more: each is code that reads what strangers send.
	sharp.block({ operation: ['VipsForeignLoad'] });
	sharp.unblock({
		operation: [
			'VipsForeignLoadJpegBuffer',
			'VipsForeignLoadPngBuffer',
			'VipsForeignLoadWebpBuffer',
			'VipsForeignLoadNsgifBuffer'
		]
	});
	return sharp;
};
let library: ReturnType<typeof loaded> | undefined;

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * Makes a picture anew, not on the thread that answers. One at a time: each takes up to 160 MB while it is turned upright.
 * @throws Refusal rule when it can't be read or is too large, too-many when too many wait
 */
export async function remakePicture(bytes: Uint8Array): Promise<Picture> {
	if (waiting >= mostWaiting)
		throw new Refusal(
			'too-many',
			'Many people add pictures at this moment, so yours was not added. What you wrote is still in the form; please try again in a minute.'
		);
	waiting++;
	const mine = last.then(() => remade(bytes));
	last = mine.catch(() => {});
	try {
		return await mine;
	} finally {
		waiting--;
	}
}

async function remade(bytes: Uint8Array): Promise<Picture> {
	let sharp;
	try {
		sharp = await (library ??= loaded());
	} catch (error) {
		library = undefined;
		log('pictures-not-loaded', traceOf(error));
		throw new Refusal(
			'away',
			'Pictures can not be added at this moment, and it is our fault. What you wrote is still in the form.'
		);
	}
	try {
		const reading = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', animated: false });
		const { width = 0, height = 0 } = await reading.metadata();
		if (width * height > mostPixels) throw tooLarge();
		const { data, info } = await reading
			.timeout({ seconds: patience })
			// As the camera was held: what says so goes with the rest.
			.autoOrient()
			.resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
			.toColourspace('srgb')
			.webp({ quality: 82 })
			.toBuffer({ resolveWithObject: true });
		return { content: new Uint8Array(data), type: 'image/webp', width: info.width, height: info.height };
	} catch (error) {
		if (error instanceof Refusal) throw error;
		const what = error instanceof Error ? error.message : '';
		if (/pixel limit|too large|exceeds/i.test(what)) throw tooLarge();
		if (/timeout/i.test(what)) throw no('This picture took too long to read. Please save it smaller and add that.');
		throw no(
			'This picture can not be read: it may have been cut short on its way, or be of another kind than it says.'
		);
	}
}

const tooLarge = () => no('This picture has more than 40 million points. Please save it smaller and add that.');

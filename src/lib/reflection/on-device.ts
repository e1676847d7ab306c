/**
 * What a person is told about the copy on their device, before words are at risk and when they are. Pure; the words that
 * stand beside "Can't save" when nothing is kept are said by `save-state.ts`.
 */
import type { Trouble } from './device-copy.ts';

/** What is known about the copy, the words and the room that there is. */
export type OnDevice = {
	/** Why no copy is kept; null while one is. */
	trouble: Trouble | null;
	/** The server takes what is written. */
	reached: boolean;
	/** Words were written here that the server may lack. */
	waiting: boolean;
	/** How many bytes the browser would still keep for us, as it reckons; null when it does not say. */
	left: number | null;
	/** It would not take `trialBytes` when that was tried. */
	tight: boolean;
	/** Whether the browser promised to throw nothing away by itself; null when it does not say. */
	lasting: boolean | null;
};

export type Told = {
	sentence: string;
	/** `risk`: words may be lost. `warning`: they may soon be. `note`: good to know. */
	kind: 'risk' | 'warning' | 'note';
	/** Whether the person may ask for a copy again; where it comes by itself, or can't, they are not asked. */
	again: boolean;
};

const mebi = 2 ** 20;
/**
 * With less than this left we say so. The longest reflection takes 16 MiB, and putting its copy in order takes that twice
 * for a moment. An ordinary one needs a thousandth, so there is time to make room.
 */
export const leastRoom = 40 * mebi;

/**
 * Chromium answers every site that there are 10 GiB left, so that nobody is told apart by their disk. So it is tried as
 * well: this much is written and taken away again in one transaction. It is more than all that a pair writes in a year.
 */
export const trialBytes = 4 * mebi;

/** How often the room is looked at, in ms: writing alone fills a device slowly, and asking costs next to nothing. */
export const lookEvery = 60_000;
/** How often a copy that could not be written is tried again, in ms. It writes all of it, so not with every key. */
export const againEvery = 10_000;

export function tell({ trouble, reached, waiting, left, tight, lasting }: OnDevice): Told | null {
	const risk = waiting && !reached;
	if (trouble) return { ...troubles[trouble](risk), kind: risk ? 'risk' : 'warning' };
	const room = Math.min(left ?? Infinity, tight ? trialBytes - 1 : Infinity);
	if (room < leastRoom)
		return {
			sentence: `There is little room left on this device: ${roughly(room)} for Wayfellow. What you write is still kept here. Please delete something that you do not need; when the device is full, nothing can be kept on it while you are offline.`,
			kind: 'warning',
			again: false
		};
	if (risk && lasting === false)
		return {
			sentence:
				'What you wrote offline is on this device only. It is safe here for now, but a browser that runs out of room may delete it: go online in the next days, and it is saved.',
			kind: 'note',
			again: false
		};
	return null;
}

const roughly = (bytes: number) =>
	bytes < mebi ? 'less than 1 MB' : bytes < trialBytes ? 'less than 4 MB' : `${Math.floor(bytes / mebi)} MB`;

const troubles: Record<Trouble, (risk: boolean) => { sentence: string; again: boolean }> = {
	full: (risk) => ({
		sentence: risk
			? 'This device is full, so what you write now can not be kept on it. It is safe as long as this page is open. Go online, or delete something from the device that you do not need: then it is kept again by itself.'
			: 'This device is full, so no copy is kept on it now. While you are online every word is saved. Please delete something that you do not need before you work without a network.',
		again: false
	}),
	closed: (risk) => ({
		sentence: risk
			? 'This browser keeps nothing for Wayfellow; a private window or a setting may be why. What you wrote is safe as long as this page is open. Go online, or copy the text to another place.'
			: 'This browser keeps nothing for Wayfellow; a private window or a setting may be why. While you are online every word is saved. Without a network, leave this page open until you are back.',
		again: true
	}),
	gone: (risk) => ({
		sentence: risk
			? 'The browser has thrown away what was kept on this device. All of it is still on this page. Leave it open: it is being kept anew.'
			: 'The browser has thrown away what was kept on this device; perhaps it ran out of room, or somebody cleared it. Nothing is lost: all of it is saved. A copy is kept again with the first words that you write offline.',
		again: !risk
	}),
	taken: (risk) => ({
		sentence: risk
			? 'What was kept on this device was taken away in another tab. All of it is still on this page, and only here. Leave the page open, or keep it on this device again.'
			: 'What was kept on this device was taken away in another tab, so nothing is kept here while you are offline. While you are online every word is saved.',
		again: true
	})
};

/** Whether a copy is made again without asking. What somebody took away on purpose does not come back by itself. Pure. */
export const comesBack = ({ trouble, waiting }: Pick<OnDevice, 'trouble' | 'waiting'>): boolean =>
	trouble === 'full' || trouble === 'closed' || (trouble === 'gone' && waiting);

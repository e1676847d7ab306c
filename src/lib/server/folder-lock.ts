/**
 * An exclusive lock on a folder, held by one living process. The embedded database has none of its own: two processes
 * in one folder both "succeed" and then lose each other's rows.
 *
 * Beside `database/` lies `database.lock/`, a folder of numbered claims; the highest number is the holder. A claim
 * appears by `link()`, which succeeds for exactly one of several processes. Nobody removes the highest claim, not even
 * when its process is dead: whoever takes over links the next number and only then clears away the lower ones. So
 * there is no moment in which the lock is absent, and a slow process that still believes in an old number finds out
 * by looking once more after its own link. (Renaming one lock file away lets two processes rename after each other
 * and both win.)
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
	closeSync,
	fsyncSync,
	linkSync,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	writeSync
} from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

/** Who holds a folder, as written into the claim. */
type Holder = {
	pid: number;
	/** Tells a process from a later one that was given the same number; see `startOf`. */
	started: string;
	host: string;
	nonce: string;
	/** True once the holder let go while its process lives on. */
	released: boolean;
};

export interface FolderLock {
	release(): void;
}

/** Somebody who is still alive holds the folder. The message is a sentence for whoever started us. */
export class FolderInUse extends Error {
	readonly pid: number;

	constructor(sentence: string, pid: number) {
		super(sentence);
		this.name = 'FolderInUse';
		this.pid = pid;
	}
}

/** Takeovers tried before giving up: each lost one means that another process won, so a handful is plenty. */
const attempts = 20;

/**
 * Takes the lock on a folder, which need not exist yet; its parent must.
 * @throws FolderInUse when a living process holds it, including this one
 */
export function lockFolder(folder: string): FolderLock {
	const place = `${resolve(folder)}.lock`;
	mkdirSync(place, { recursive: true, mode: 0o700 });
	const own: Holder = {
		pid: process.pid,
		started: startOf(process.pid) ?? 'unknown',
		host: hostname(),
		nonce: randomUUID(),
		released: false
	};
	const draft = join(place, `draft-${own.pid}-${own.nonce}`);
	writeWhole(draft, own);
	try {
		for (let attempt = 0; attempt < attempts; attempt++) {
			const highest = claims(place).at(-1);
			if (highest !== undefined) {
				const holder = readClaim(place, highest);
				if (holder && alive(holder)) throw inUse(folder, place, holder);
			}
			const number = (highest ?? 0) + 1;
			const claim = join(place, String(number));
			try {
				linkSync(draft, claim);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
				throw error;
			}
			if (claims(place).at(-1) !== number) {
				rmSync(claim); // we linked a number that had been cleared away: others have moved on
				continue;
			}
			for (const lower of claims(place)) if (lower < number) rmSync(join(place, String(lower)), { force: true });
			sweepDrafts(place, own);
			return {
				release: () => {
					const note = `${draft}-released`;
					writeWhole(note, { ...own, released: true });
					renameSync(note, claim);
				}
			};
		}
	} finally {
		rmSync(draft, { force: true });
	}
	throw new Error(`Could not lock ${resolve(folder)}: too many processes want it at once. Start one, then try again.`);
}

const claims = (place: string): number[] =>
	readdirSync(place)
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.sort((a, b) => a - b);

/** The claim, or null when it is gone or unreadable: written whole before it is linked, it can only be torn by a power cut. */
function readClaim(place: string, number: number): Holder | null {
	try {
		return JSON.parse(readFileSync(join(place, String(number)), 'utf8')) as Holder;
	} catch {
		return null;
	}
}

function alive(holder: Holder): boolean {
	if (holder.released) return false;
	// We can't look into another machine's (or container's) processes, so we never decide that it is dead.
	if (holder.host !== hostname()) return true;
	return startOf(holder.pid) === holder.started;
}

function inUse(folder: string, place: string, holder: Holder): FolderInUse {
	const where = resolve(folder);
	if (holder.host !== hostname())
		return new FolderInUse(
			`The database in ${where} is in use by process ${holder.pid} on ${holder.host}. Stop it there; if that machine or container is gone for good, delete ${place} and start again.`,
			holder.pid
		);
	if (holder.pid === process.pid)
		return new FolderInUse(
			`The database in ${where} is already open in this process (${holder.pid}). Close it before opening it again.`,
			holder.pid
		);
	return new FolderInUse(
		`The database in ${where} is in use by another running Wayfellow (process ${holder.pid}). Stop that one first, or set DATA_DIR to another folder.`,
		holder.pid
	);
}

/**
 * When a process began, in a form to compare only; null when no such process runs. A zombie (killed, not yet
 * collected by its parent) does not run any more and holds no file.
 */
function startOf(pid: number): string | null {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
	}
	if (process.platform === 'linux') {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may contain anything
			if (fields[0] === 'Z' || fields[0] === 'X') return null;
			// Ticks since boot mean nothing without the boot.
			return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
		} catch {
			return null;
		}
	}
	if (process.platform === 'win32') return 'unknown'; // no cheap way: the number alone must do
	try {
		return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
	} catch {
		return null;
	}
}

function writeWhole(path: string, holder: Holder): void {
	const file = openSync(path, 'w', 0o600);
	try {
		writeSync(file, JSON.stringify(holder));
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

/** Drafts of processes that were killed before they could remove theirs. */
function sweepDrafts(place: string, own: Holder): void {
	for (const name of readdirSync(place)) {
		const pid = /^draft-(\d+)-/.exec(name)?.[1];
		if (pid && Number(pid) !== own.pid && startOf(Number(pid)) === null) rmSync(join(place, name), { force: true });
	}
}

/** A disk of its own for a test, small enough to be filled. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
	readonly folder: string;
	readonly #ballast: string;
	readonly #orphan = () => this.remove();

	private constructor(folder: string) {
		this.folder = folder;
		this.#ballast = join(folder, 'ballast');
		process.once('exit', this.#orphan);
	}

	/** @returns a sentence where this process may not mount one */
	static mount(megabytes: number): SmallDisk | string {
		const folder = mkdtempSync(join(tmpdir(), 'wayfellow-disk-'));
		const { status, stderr, error } = spawnSync(
			'mount',
			['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'wayfellow-test', folder],
			{ encoding: 'utf8' }
		);
		if (status === 0) return new SmallDisk(folder);
		rmdirSync(folder);
		return `no disk can be mounted here (${(error?.message ?? stderr).trim()})`;
	}

	/** Writes until nothing more goes in. */
	fill(): void {
		const file = openSync(this.#ballast, 'a');
		try {
			for (let size = 2 ** 20; size >= 1;) {
				try {
					writeSync(file, Buffer.alloc(size));
				} catch (error) {
					if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
					size = Math.floor(size / 2);
				}
			}
		} finally {
			closeSync(file);
		}
	}

	free(): void {
		rmSync(this.#ballast, { force: true });
	}

	remove(): void {
		process.off('exit', this.#orphan);
		// Lazy: whoever still holds a file open does not keep the rest from going.
		spawnSync('umount', ['-l', this.folder]);
		rmdirSync(this.folder);
	}
}

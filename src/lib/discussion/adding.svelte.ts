/** Files on their way to a post that is being written: each is sent as soon as it was chosen. */
import type { FileShown } from './threads.server.ts';
import { largestFile, mostFiles } from './file-limits.ts';

export type Adding = {
	key: string;
	name: string;
	/** How much of it was sent, from 0 to 1. */
	sent: number;
	/** Why it is not there; null while it is on its way. */
	trouble: string | null;
	/** Whether the same once more may succeed. */
	again: boolean;
};

const lost = 'It did not arrive; perhaps there is no network.';

export class AddingFiles {
	adding: Adding[] = $state.raw([]);
	readonly #cohortId: string;
	readonly #there: (file: FileShown) => void;
	// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on screen reads it
	readonly #running = new Map<string, { file: File; request: XMLHttpRequest | null }>();

	constructor(cohortId: string, there: (file: FileShown) => void) {
		this.#cohortId = cohortId;
		this.#there = there;
	}

	/** Whether something is still on its way. */
	get busy(): boolean {
		return this.adding.some(({ trouble }) => trouble === null);
	}

	/** @param already how many files the post has */
	add(files: Iterable<File>, already: number): void {
		for (const file of files) {
			const one: Adding = { key: crypto.randomUUID(), name: file.name, sent: 0, trouble: null, again: false };
			if (already + this.adding.length >= mostFiles) one.trouble = `At most ${mostFiles} files go with one post.`;
			else if (file.size > largestFile) one.trouble = 'This file is larger than 10 MB.';
			this.adding = [...this.adding, one];
			if (one.trouble) continue;
			this.#running.set(one.key, { file, request: null });
			this.#send(one.key);
		}
	}

	retry(key: string): void {
		this.#set(key, { trouble: null, sent: 0 });
		this.#send(key);
	}

	remove(key: string): void {
		this.#running.get(key)?.request?.abort();
		this.#running.delete(key);
		this.adding = this.adding.filter((one) => one.key !== key);
	}

	end(): void {
		for (const { request } of this.#running.values()) request?.abort();
	}

	#set(key: string, change: Partial<Adding>) {
		this.adding = this.adding.map((one) => (one.key === key ? { ...one, ...change } : one));
	}

	#send(key: string) {
		const running = this.#running.get(key);
		if (!running) return;
		const form = new FormData();
		form.set('file', running.file);
		// Only this says how much was sent.
		const request = (running.request = new XMLHttpRequest());
		request.open('POST', `/cohorts/${this.#cohortId}/files`);
		request.setRequestHeader('accept', 'application/json');
		request.timeout = 90_000;
		request.upload.onprogress = ({ loaded, total }) => this.#set(key, { sent: total ? loaded / total : 0 });
		request.onload = () => {
			let said: { message?: string; error?: { message?: string } } & Partial<FileShown> = {};
			try {
				said = JSON.parse(request.responseText) as typeof said;
			} catch {
				// Not from us: a page of some proxy.
			}
			if (request.status === 201 && said.id) {
				this.remove(key);
				this.#there(said as FileShown);
			} else {
				const again = request.status >= 500 || request.status === 429 || request.status === 0;
				this.#set(key, { trouble: said.message ?? said.error?.message ?? lost, again });
			}
		};
		request.onerror = request.ontimeout = () => this.#set(key, { trouble: lost, again: true });
		request.send(form);
	}
}

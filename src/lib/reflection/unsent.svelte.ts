/**
 * Words of one person that lie in this browser and that the server may lack: finds them and sends them, over the same kind
 * of connection as an open reflection, without a page around it.
 */
import { copiesHere, forgetCopy, hasDrafts, isUnsaved, type LeftHere } from './left-here.ts';
import type { LiveConnection } from './LiveConnection.svelte.ts';

export type Waiting = {
	name: string;
	reflectionId: string;
	state: 'waiting' | 'sending' | 'sent' | 'stuck';
	/** Why it can't be sent; a sentence. */
	reason: string;
	/** The words, for the clipboard, once they were looked at. */
	text: string;
};

/** How long the server may take before its person is asked what to do, in ms. */
const patience = 15_000;
const unreachable = 'The server can not be reached at the moment.';
/** A Yjs update with nothing in it. */
const nothing = Uint8Array.of(0, 0);

export class Unsent {
	readonly #personId: string;
	waiting: Waiting[] = $state([]);
	readonly stuck = $derived(this.waiting.filter(({ state }) => state === 'stuck'));
	/** Words of other people are here too; they wait for them. */
	ofOthers = $state(false);

	constructor(personId: string) {
		this.#personId = personId;
	}

	/** Looks what is here. @returns everything, whoever's it is */
	async look(): Promise<LeftHere[]> {
		const copies = await copiesHere();
		const unsaved = copies.filter((copy) => copy.unsaved);
		const own = unsaved.filter(({ personId }) => personId === this.#personId);
		this.ofOthers = own.length < unsaved.length;
		this.waiting = own.map(({ name, reflectionId }) => ({
			name,
			reflectionId,
			state: 'waiting',
			reason: '',
			text: ''
		}));
		return copies;
	}

	/** Sends one after the other; what is sent leaves this device. @returns whether all of it is sent */
	async send(): Promise<boolean> {
		for (const one of this.waiting) if (one.state !== 'sent') await this.#send(one);
		return this.stuck.length === 0;
	}

	async #send(one: Waiting): Promise<void> {
		one.state = 'sending';
		one.reason = unreachable;
		let connection: LiveConnection | undefined;
		try {
			const { connect, plainText } = await import('./Editing.svelte.ts');
			connection = await connect({
				reflectionId: one.reflectionId,
				personId: this.#personId,
				mayWrite: true,
				keep: true,
				state: nothing,
				accessChanged: () => {}
			});
			if (await arrived(connection, one.name)) one.state = 'sent';
			else if (connection.saving.kind === 'cant-save') one.reason = connection.saving.reason;
			if (one.state !== 'sent') one.text = plainText(connection.doc);
		} catch (error) {
			console.error(error);
		} finally {
			connection?.end();
		}
		// A comment that was begun is not sent by itself, and is nowhere else.
		if (one.state !== 'sent') one.state = 'stuck';
		else if (!(await hasDrafts(one.name))) await forgetCopy(one.name);
	}

	/** Takes away words that nobody else has. */
	async forget({ name }: Waiting): Promise<void> {
		await forgetCopy(name);
		this.waiting = this.waiting.filter((one) => one.name !== name);
	}
}

/** Whether the server has everything; false when it will not, or does not in time. */
async function arrived(connection: LiveConnection, name: string): Promise<boolean> {
	for (const end = Date.now() + patience; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 150))) {
		const { kind } = connection.saving;
		// Nothing here is news to the server, and nothing can be written there any more.
		if (kind === 'read-only') return true;
		if (kind === 'cant-save') return false;
		// "Saved" alone may still mean that nobody has asked yet what is here.
		if (kind === 'saved' && !(await isUnsaved(name))) return true;
	}
	return false;
}

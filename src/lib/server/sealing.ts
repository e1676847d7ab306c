/**
 * Encrypts and opens backups in the format of age (age-encryption.org/v1), so that they can also be read without us, by
 * `age -d`. Who runs the server needs to know the public key only; whoever steals a backup has nothing.
 *
 * The package is loaded when a key is at hand: it takes 160 ms, which every start and script would pay.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const beginning = 'age-encryption.org/v1\n';

/** Bytes on their way, a piece at a time. */
export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The package takes the kind of stream that browsers have. */
const onTheWeb = (pieces: Readable) => Readable.toWeb(pieces) as ReadableStream<Uint8Array>;

/** The public keys in a setting that names one or several. */
const keysIn = (setting: string) => setting.split(/[\s,]+/).filter((key) => key !== '');

async function encrypterFor(recipients: string) {
	const { Encrypter } = await import('age-encryption');
	const encrypter = new Encrypter();
	for (const key of keysIn(recipients)) {
		try {
			encrypter.addRecipient(key);
		} catch (error) {
			throw new Error(
				/^age-secret-key-/i.test(key)
					? 'BACKUP_RECIPIENT is a secret key, which must not lie on the server. Set it to the public key that belongs to it, which begins with age1.'
					: `BACKUP_RECIPIENT has ${key}, which is not an age public key: those begin with age1 and come from npm run backup-key or age-keygen. Copy it whole.`,
				{ cause: error }
			);
		}
	}
	return encrypter;
}

/** Looks whether a setting names keys that backups can be encrypted to. @throws Error with a sentence when one is none */
export async function checkRecipients(recipients: string): Promise<void> {
	await encrypterFor(recipients);
}

/** A new key for backups: the secret half opens them, the public half is the setting. */
export async function newKey(): Promise<{ secret: string; recipient: string }> {
	const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
	const secret = await generateX25519Identity();
	return { secret, recipient: await identityToRecipient(secret) };
}

/** Encrypts bytes so that any of these keys opens them, holding some 64 KiB at a time. */
export async function* sealed(pieces: Pieces, recipients: string): AsyncGenerator<Uint8Array> {
	const encrypter = await encrypterFor(recipients);
	yield* await encrypter.encrypt(onTheWeb(Readable.from(pieces)));
}

/** Whether a file is encrypted; asked of its bytes, because names get changed. */
export function isSealed(file: string): boolean {
	const handle = openSync(file, 'r');
	try {
		const bytes = Buffer.alloc(beginning.length);
		return readSync(handle, bytes, 0, bytes.length, 0) === bytes.length && bytes.toString('latin1') === beginning;
	} finally {
		closeSync(handle);
	}
}

/**
 * What stands in an encrypted file. Its end is checked as well as each piece, so whoever uses the bytes waits for the end:
 * before it nobody knows whether something was cut off.
 * @param keyFile a file with secret keys, as `npm run backup-key` and `age-keygen` write it
 * @throws Error with a sentence when no key opens the file, or when it is damaged or cut off
 */
export async function* opened(file: string, keyFile: string): AsyncGenerator<Uint8Array> {
	const { Decrypter } = await import('age-encryption');
	const decrypter = new Decrypter();
	const keys = readKeyFile(keyFile);
	try {
		for (const key of keys) decrypter.addIdentity(key);
	} catch (error) {
		throw new Error(`${keyFile} has a key that is not whole. Copy it again from where it is kept.`, { cause: error });
	}
	const handle = await open(file);
	try {
		const pieces = onTheWeb(handle.createReadStream({ autoClose: false }));
		let text: ReadableStream<Uint8Array>;
		try {
			text = await decrypter.decrypt(pieces);
		} catch (error) {
			throw new Error(
				`No key in ${keyFile} opens ${file}: it was encrypted to another key, or its beginning is damaged. Nothing was changed.`,
				{ cause: error }
			);
		}
		try {
			yield* text;
		} catch (error) {
			throw new Error(
				`${file} is damaged or was cut off, and nothing of it was used. Take another copy of it, or an older backup.`,
				{ cause: error }
			);
		}
	} finally {
		await handle.close();
	}
}

function readKeyFile(file: string): string[] {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw new Error(`The key file ${file} can't be read. Say where it is: npm run restore -- FILE --key KEY-FILE`, {
			cause: error
		});
	}
	const keys = text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	if (keys.length === 0 || !keys.every((key) => key.startsWith('AGE-SECRET-KEY-')))
		throw new Error(
			`${file} is not a file of secret keys: its lines begin with AGE-SECRET-KEY-. A key that is locked by a passphrase is opened with age -d first.`
		);
	return keys;
}

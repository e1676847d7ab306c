/** The rules of passkeys (WebAuthn), as far as they need no database. Pure; the checking of signatures is not in here. */
import * as v from 'valibot';

const minute = 60_000;

/** As long as a person may look for their key, or for the phone that holds it. */
export const challengeLife = 5 * minute;
/** A laptop, a phone, a key ring and their successors of some years; and the list of them is sent to every browser that asks. */
export const passkeysPerPerson = 20;
/** Long enough for "Grandma's old iPad in the kitchen", short enough for one line on a phone or two. */
export const longestName = 60;

/** What a person calls a passkey, in one line; null when nothing is left to show. */
export function readName(typed: string): string | null {
	if (typed.length > 1000) return null;
	const name = typed
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
		.trim();
	return name === '' || name.length > longestName ? null : name;
}

/** What to call a passkey that was made in this browser, until its owner says better. */
export function suggestName(userAgent: string | null): string {
	const devices: [sign: RegExp, name: string][] = [
		[/iPhone/, 'iPhone'],
		[/iPad/, 'iPad'],
		[/Android/, 'Android device'],
		[/CrOS/, 'Chromebook'],
		[/Windows/, 'Windows computer'],
		[/Macintosh/, 'Mac'],
		[/Linux/, 'Linux computer']
	];
	return devices.find(([sign]) => sign.test(userAgent ?? ''))?.[1] ?? 'My passkey';
}

/** An authenticator that counts its signatures must go on counting; one that never counts says 0 for good. */
export const countsOn = (kept: number, said: number): boolean => said > kept || (said === 0 && kept === 0);

/** Where passkeys belong to: the address of our pages, and its bare host. */
export type Site = { origin: string; rpId: string };

/** @param origin a scheme and a host, as in the setting ORIGIN */
export const siteAt = (origin: string): Site => ({ origin, rpId: new URL(origin).hostname });

const base64url = (most: number) => v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(most));
const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

/** Without an attestation an answer has at most some thousand bytes; RSA keys and long ids are in it. */
const longestAnswer = 20_000;
const common = { id: base64url(1400), rawId: base64url(1400), type: v.literal('public-key') };

const added = v.object({
	...common,
	response: v.object({
		clientDataJSON: base64url(4000),
		attestationObject: base64url(12_000),
		// Browsers may know ways that we do not.
		transports: v.optional(v.pipe(v.array(v.string()), v.maxLength(20)), [])
	})
});
const used = v.object({
	...common,
	response: v.object({
		clientDataJSON: base64url(4000),
		authenticatorData: base64url(4000),
		signature: base64url(4000),
		// Some send null for it where they know whom we ask.
		userHandle: v.nullish(base64url(100))
	})
});

export type AddedAnswer = v.InferOutput<typeof added>;
export type UsedAnswer = v.InferOutput<typeof used>;

function read<Schema extends typeof added | typeof used>(schema: Schema, text: string): v.InferOutput<Schema> | null {
	if (text.length > longestAnswer) return null;
	try {
		const parsed = v.safeParse(schema, JSON.parse(text));
		return parsed.success ? parsed.output : null;
	} catch {
		return null;
	}
}

/** What a browser sent after making a passkey; null when it can not be that. */
export function readAdded(text: string): AddedAnswer | null {
	const answer = read(added, text);
	if (!answer) return null;
	const known = answer.response.transports.filter((way) => transports.some((one) => one === way));
	return { ...answer, response: { ...answer.response, transports: [...new Set(known)] } };
}

/** What a browser sent after using a passkey; null when it can not be that. */
export const readUsed = (text: string): UsedAnswer | null => read(used, text);

/** The challenge that an answer says it answers. Says nothing yet: the signature is over it. */
export function challengeIn(clientDataJSON: string): string | null {
	try {
		const { challenge } = JSON.parse(atob(clientDataJSON.replace(/-/g, '+').replace(/_/g, '/'))) as {
			challenge?: unknown;
		};
		return typeof challenge === 'string' && challenge.length <= 200 ? challenge : null;
	} catch {
		return null;
	}
}

/** What a page says when a browser made or showed no passkey. Pure. */

/** By the name of the error that WebAuthn (level 3) throws. */
const words = new Map(
	Object.entries({
		NotAllowedError: 'Nothing happened: it was cancelled, or it took too long. Try again whenever you like.',
		AbortError: 'Nothing happened: it was cancelled. Try again whenever you like.',
		InvalidStateError: 'This device already has a passkey for you here, so there is nothing to add.',
		SecurityError:
			'Passkeys work only at the proper address of this server, over https. Please open that, or sign in by mail.',
		NotSupportedError: 'This device can not make the kind of passkey that we need. Please try another device.',
		ConstraintError:
			'This device can not check that it is you. Set up a screen lock (a PIN, finger or face), or try another device.'
	})
);

export const unreachable = 'We could not be reached. Nothing is lost. Please try again in a moment.';

export const troubleWith = (error: unknown): string =>
	words.get(error instanceof Error ? error.name : '') ??
	'Your device gave no answer that we understand. Nothing has changed. Please try again, or try another device.';

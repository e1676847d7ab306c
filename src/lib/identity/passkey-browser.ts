/** Speaks to the passkeys of the device that a page is open on. Only for the browser. */
import {
	browserSupportsWebAuthn,
	startAuthentication,
	startRegistration,
	type PublicKeyCredentialCreationOptionsJSON,
	type PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/browser';
import { troubleWith, unreachable } from './passkey-trouble.ts';

export const canUsePasskeys = browserSupportsWebAuthn;

type Got = { answer: string } | { trouble: string };

/**
 * Fetches a challenge and has the device answer it.
 * @param from the address that gives challenges
 */
export async function askDevice(to: 'make' | 'use', from: string): Promise<Got> {
	const asked = await fetch(from, {
		method: 'POST',
		redirect: 'manual',
		headers: { accept: 'application/json' }
	}).catch(() => null);
	if (!asked) return { trouble: unreachable };
	if (asked.type === 'opaqueredirect') {
		// Not signed in any more, or first something else: the page itself knows the way.
		location.reload();
		return { trouble: 'One moment …' };
	}
	const said: unknown = await asked.json().catch(() => null);
	if (!asked.ok) return { trouble: (said as { message?: string } | null)?.message ?? unreachable };
	try {
		const answer =
			to === 'make'
				? await startRegistration({ optionsJSON: said as PublicKeyCredentialCreationOptionsJSON })
				: await startAuthentication({ optionsJSON: said as PublicKeyCredentialRequestOptionsJSON });
		return { answer: JSON.stringify(answer) };
	} catch (error) {
		return { trouble: troubleWith(error) };
	}
}

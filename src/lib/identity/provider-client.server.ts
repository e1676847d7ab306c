/**
 * Speaks to identity providers, with `openid-client`: where somebody is sent, and whose account an answer is about. Knows
 * no database. What a provider says is believed only if its own keys signed it, for us, just now, in answer to this request.
 */
import { createHash } from 'node:crypto';
import * as oidc from 'openid-client';
import { log, traceOf } from '#lib/server/log.ts';
import { isConfidential } from '#lib/server/settings.ts';
import {
	type Account,
	accountOf,
	answerLimit,
	describes,
	descriptionLife,
	patience,
	type Provider,
	type Reason
} from './provider.ts';

/** A provider's answer that let nobody in, and why. */
export class NotProven extends Error {
	readonly reason: Reason;

	constructor(reason: Reason, cause?: unknown) {
		super(reason, { cause });
		this.name = 'NotProven';
		this.reason = reason;
	}
}

/** What one request must fit when it comes back. */
export type Expected = { state: string; nonce: string; codeVerifier: string };

export const newExpected = (state: string): Expected => ({
	state,
	nonce: oidc.randomNonce(),
	codeVerifier: oidc.randomPKCECodeVerifier()
});

/** Where a person goes to say who they are. @throws NotProven */
export async function addressAt(provider: Provider, expected: Expected, redirectUri: string): Promise<string> {
	const client = await descriptionOf(provider);
	const address = oidc.buildAuthorizationUrl(client, {
		redirect_uri: redirectUri,
		scope: provider.scope,
		state: expected.state,
		nonce: expected.nonce,
		code_challenge: await oidc.calculatePKCECodeChallenge(expected.codeVerifier),
		code_challenge_method: 'S256',
		...(provider.asksWhichAccount ? { prompt: 'select_account' } : {})
	});
	if (!isConfidential(address)) throw new NotProven('unproven');
	return address.href;
}

/**
 * Whose account an answer is about. The code in it is exchanged here, once.
 * @param answered the address that the person came back to, on our own origin
 * @throws NotProven
 */
export async function accountBehind(provider: Provider, answered: URL, expected: Expected): Promise<Account> {
	const client = await descriptionOf(provider);
	try {
		// Checks state and, against a swapped provider, `iss`; then signature, issuer, audience, times and nonce of the token.
		const tokens = await oidc.authorizationCodeGrant(client, answered, {
			expectedState: expected.state,
			expectedNonce: expected.nonce,
			pkceCodeVerifier: expected.codeVerifier,
			idTokenExpected: true
		});
		const claims = tokens.claims();
		const account = claims && accountOf(claims, client.serverMetadata().issuer);
		if (!account) throw new NotProven('unproven');
		return account;
	} catch (error) {
		throw asNotProven(provider, error);
	}
}

function asNotProven(provider: Provider, error: unknown): NotProven {
	const found = error instanceof NotProven ? error : new NotProven(reasonOf(error), error);
	// Codes and names of the library only: its messages quote what the provider said.
	log('provider-not-proven', { provider: provider.key, reason: found.reason, ...traceOf(found.cause ?? found) });
	return found;
}

function reasonOf(error: unknown): Reason {
	if (error instanceof oidc.AuthorizationResponseError)
		return error.error === 'access_denied'
			? 'cancelled'
			: error.error === 'temporarily_unavailable'
				? 'away'
				: 'unproven';
	// Says "invalid_grant" of a code that was used, is too old, or belongs to another request.
	if (error instanceof oidc.ResponseBodyError) return error.status >= 500 ? 'away' : 'unproven';
	for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
		if (cause instanceof Unanswered || /^(TimeoutError|AbortError)$/.test(cause.name)) return 'away';
		if (cause instanceof NotProven) return cause.reason;
	}
	return 'unproven';
}

/** Nobody was there, or it took too long. */
class Unanswered extends Error {}

/** Bounded in time by the library's signal, in size here, and only over lines that nobody reads on the way. */
const boundedFetch: oidc.CustomFetch = async (address, { body, headers, method, signal }) => {
	if (!isConfidential(new URL(address))) throw new NotProven('unproven');
	let response: Response;
	const chunks: Uint8Array[] = [];
	try {
		response = await fetch(address, {
			method,
			headers,
			redirect: 'manual',
			...(body ? { body: body as BodyInit } : {}),
			...(signal ? { signal } : {})
		});
		let size = 0;
		for await (const chunk of response.body ?? []) {
			size += chunk.byteLength;
			// Breaking off cancels the rest.
			if (size > answerLimit) throw new NotProven('unproven');
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof NotProven) throw error;
		throw new Unanswered('A provider did not answer.', { cause: error });
	}
	if (response.status >= 500) throw new Unanswered(`A provider answered ${response.status}.`);
	const { status, statusText } = response;
	return new Response(chunks.length > 0 ? Buffer.concat(chunks) : null, {
		status,
		statusText,
		headers: response.headers
	});
};

const known = 'https://login.microsoftonline.com/common/v2.0';

/**
 * `openid-client` takes an issuer with `{tenantid}` in it only from Microsoft's own address. So that the address stays a
 * setting, Microsoft is asked for under that one and the question goes to where the setting says.
 */
const askingMicrosoft =
	(issuer: string): oidc.CustomFetch =>
	(address, options) =>
		boundedFetch(
			address.startsWith(known) && address.endsWith('/.well-known/openid-configuration')
				? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
				: address,
			options
		);

type Described = { client: Promise<oidc.Configuration>; until: number };
const descriptions = new Map<string, Described>();

/** What a provider says of itself: where to go, and its keys. Asked for once an hour. @throws NotProven */
async function descriptionOf(provider: Provider, now = Date.now()): Promise<oidc.Configuration> {
	// The secret only as a hash, so that a listing of keys says nothing.
	const secret = createHash('sha256').update(provider.clientSecret).digest('base64url');
	const key = [provider.key, provider.issuer, provider.clientId, secret].join(' ');
	let found = descriptions.get(key);
	if (!found || found.until <= now) {
		found = { client: describe(provider), until: now + descriptionLife };
		descriptions.set(key, found);
		// A provider that was away a moment ago is asked again by whoever comes next.
		found.client.catch(() => descriptions.delete(key));
	}
	return found.client;
}

async function describe(provider: Provider): Promise<oidc.Configuration> {
	const { issuer, clientId, clientSecret, hasTenants } = provider;
	try {
		const client = await oidc.discovery(
			new URL(hasTenants ? known : issuer),
			clientId,
			{ client_secret: clientSecret },
			inTheWayItKnows(clientSecret),
			{
				timeout: patience / 1000,
				[oidc.customFetch]: hasTenants ? askingMicrosoft(issuer) : boundedFetch,
				// Which addresses may do without TLS `boundedFetch` decides, for each one.
				execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks]
			}
		);
		if (!describes(provider, client.serverMetadata().issuer)) throw new NotProven('unproven');
		return client;
	} catch (error) {
		throw asNotProven(provider, error);
	}
}

/** Our secret in the body where that is understood, else in a header, which is the standard's first choice. */
const inTheWayItKnows =
	(secret: string): oidc.ClientAuth =>
	(server, ...rest) => {
		const ways = server.token_endpoint_auth_methods_supported;
		const put = ways?.includes('client_secret_post') ? oidc.ClientSecretPost : oidc.ClientSecretBasic;
		put(secret)(server, ...rest);
	};

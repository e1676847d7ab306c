/** A real identity provider, on loopback: the npm package `oidc-provider`, with a page that asks who one is. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { interactionPolicy } from 'oidc-provider';

export const client = { id: 'wayfellow', secret: 'a-secret-of-this-test-alone-0123456789' };

export type IdentityProvider = {
	issuer: string;
	/** Opens it for people who come from there. Before, it answers nothing. */
	serve(redirectUris: string[]): void;
	close(): Promise<void>;
};

const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Everybody may be anybody there: the name typed is the subject, and `address` makes the e-mail that it claims. */
export async function startIdentityProvider(
	address = (name: string) => `${name}@school.example`
): Promise<IdentityProvider> {
	let handle = (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(503).end();
	const server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	function serve(redirectUris: string[]): void {
		const policy = interactionPolicy.base();
		policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
		const provider = new Provider(issuer, {
			clients: [
				{
					client_id: client.id,
					client_secret: client.secret,
					redirect_uris: redirectUris,
					token_endpoint_auth_method: 'client_secret_post'
				}
			],
			jwks: { keys: [{ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
			ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
			cookies: { keys: ['only for this test'] },
			interactions: { policy, url: (_, { uid }) => `/who/${uid}` },
			features: { devInteractions: { enabled: false } },
			pkce: { required: () => true },
			claims: { openid: ['sub'], email: ['email', 'email_verified'] },
			conformIdTokenClaims: false,
			findAccount: (_, id) => ({
				accountId: id,
				claims: () => ({ sub: id, email: address(id), email_verified: true })
			}),
			renderError: (context, { error, error_description: why }) => {
				context.type = 'text';
				context.body = `${error}: ${why}`;
			}
		});
		const rest = provider.callback();
		handle = (request, response) => {
			if (!request.url!.startsWith('/who/')) return void rest(request, response);
			const work = request.method === 'POST' ? decide(provider, request, response) : ask(request, response);
			work.catch((error: Error) => response.writeHead(500).end(error.message));
		};
	}

	async function ask({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
		response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html>
<html lang="en"><title>Who are you?</title><h1>Who are you?</h1>
<form method="post" action="${url}"><label>Name <input name="name" autofocus></label>
<button>Continue</button> <button name="no" value="no">Cancel</button></form></html>`);
	}

	async function decide(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
		let body = '';
		for await (const chunk of request.setEncoding('utf8')) body += chunk;
		const form = new URLSearchParams(body);
		if (form.has('no'))
			return provider.interactionFinished(request, response, {
				error: 'access_denied',
				error_description: 'They went back.'
			});
		const { params } = await provider.interactionDetails(request, response);
		const accountId = form.get('name')!;
		const grant = new provider.Grant({ accountId, clientId: params.client_id as string });
		grant.addOIDCScope(params.scope as string);
		const result = { login: { accountId }, consent: { grantId: await grant.save() }, select_account: {} };
		await provider.interactionFinished(request, response, result);
	}

	return {
		issuer,
		serve,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}

/** Walks there as a browser would, says who it is, and comes back with the address that it was sent to. */
export async function walk(address: string, name: string | null): Promise<URL> {
	const jar = new Map<string, string>();
	let at = new URL(address);
	const home = at.origin;
	let body: URLSearchParams | undefined;
	for (let steps = 0; steps < 20 && at.origin === home; steps++) {
		const response = await fetch(at, {
			redirect: 'manual',
			method: body ? 'POST' : 'GET',
			headers: { cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; ') },
			...(body ? { body } : {})
		});
		for (const cookie of response.headers.getSetCookie()) {
			const [, key, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
			if (value) jar.set(key!, value);
			else jar.delete(key!);
		}
		const location = response.headers.get('location');
		body = undefined;
		if (location) at = new URL(location, at);
		else if (response.ok) body = new URLSearchParams(name === null ? { no: 'no' } : { name });
		else throw new Error(`${at.href} answered ${response.status}: ${await response.text()}`);
	}
	return at;
}

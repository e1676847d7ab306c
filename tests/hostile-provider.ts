/** An identity provider that can be told to lie, on loopback: `node:http`, and tokens signed by `node:crypto`. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Claims = Record<string, unknown>;
type Handle = (response: ServerResponse, form: URLSearchParams, request: IncomingMessage) => void;

export type HostileProvider = {
	issuer: string;
	/** Requests so far, by path. */
	asked: string[];
	/** What it says of itself, beyond the usual. */
	metadata: Record<string, unknown>;
	/** What its ID token says. */
	claims(code: string): Claims;
	/** How a token is made of that; the usual way signs with its own key. */
	token(claims: Claims): string;
	/** Answers the token endpoint in another way. */
	exchange: Handle | null;
	/** Answers everything in another way. */
	instead: Handle | null;
	close(): Promise<void>;
};

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed token, or one without a signature for `none`. */
export function tokenOf(claims: Claims, key: KeyObject, header: Record<string, unknown> = {}): string {
	const head = { alg: 'RS256', kid: 'one', typ: 'JWT', ...header };
	const text = `${encoded(head)}.${encoded(claims)}`;
	return `${text}.${head.alg === 'none' ? '' : sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** The same for all of them: whoever tells two of them apart by their keys has not looked at who they say they are. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** @param path below which it describes itself, as Microsoft's does below `/common/v2.0` */
export async function startHostileProvider(path = '', issuerPath = path): Promise<HostileProvider> {
	const server = createServer((request, response) => {
		void answer(request, response).catch(() => response.destroy());
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const used = new Set<string>();

	const provider: HostileProvider = {
		issuer: base + path,
		asked: [],
		metadata: {},
		claims: () => ({}),
		token: (claims) => tokenOf(claims, privateKey),
		exchange: null,
		instead: null,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { pathname } = new URL(request.url!, base);
		provider.asked.push(pathname);
		let body = '';
		for await (const chunk of request.setEncoding('utf8')) body += chunk;
		const form = new URLSearchParams(body);
		if (provider.instead) return provider.instead(response, form, request);
		const json = (value: unknown, status = 200) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
		if (pathname === `${path}/.well-known/openid-configuration`)
			return void json({
				issuer: base + issuerPath,
				authorization_endpoint: `${base}/authorize`,
				token_endpoint: `${base}/token`,
				jwks_uri: `${base}/keys`,
				id_token_signing_alg_values_supported: ['RS256'],
				...provider.metadata
			});
		if (pathname === '/keys')
			return void json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
		if (pathname === '/token') {
			if (provider.exchange) return provider.exchange(response, form, request);
			const code = form.get('code') ?? '';
			if (used.has(code)) return void json({ error: 'invalid_grant' }, 400);
			used.add(code);
			const id_token = provider.token(provider.claims(code));
			return void json({ access_token: 'nothing', token_type: 'Bearer', id_token });
		}
		json({ error: 'not_found' }, 404);
	}
	return provider;
}

/** Where people reach this server, for links and addresses that leave it. */
import { readSettings } from './settings.ts';

/**
 * The address we were told, never whatever host a request names: else a stranger could make our mail, or an identity
 * provider, lead people to theirs. A demo is its own host.
 * @param asked the address of the request
 */
export function ownOrigin(asked: URL): string {
	const { ORIGIN, DEMO, PORT } = readSettings();
	return ORIGIN ?? (DEMO ? asked.origin : `http://localhost:${PORT}`);
}

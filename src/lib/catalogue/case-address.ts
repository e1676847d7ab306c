/** Addresses of CASE servers: what a person pastes, and where the package behind it is. Pure. */

const version = /^(.*?\/ims\/case\/v1p[01])\/?(?:CFDocuments\/?)?$/;
const document = /^(.*?\/ims\/case\/v1p[01])\/CFDocuments\/([^/]+)\/?$/;

/**
 * Where to ask for what somebody named, in this order until something is there: a document becomes its package, the
 * address of a server its list of documents. Everything else is taken for the address of a package.
 * @param address an absolute one
 */
export function placesToAsk(address: string): string[] {
	const url = new URL(address);
	const at = (path: string, search = '') => new URL(path + search, url).href;
	const one = document.exec(url.pathname);
	if (one) return [at(`${one[1]}/CFPackages/${one[2]}`)];
	const all = version.exec(url.pathname);
	if (all) return [at(`${all[1]}/CFDocuments`, '?limit=100')];
	if (url.pathname === '/' && !url.search)
		return ['v1p1', 'v1p0'].map((v) => at(`/ims/case/${v}/CFDocuments`, '?limit=100'));
	return [address];
}

/** Where the package of a document is, on the server whose list it stood in. */
export function packageOf(list: string, identifier: string): string {
	const url = new URL(list);
	return new URL(url.pathname.replace(/CFDocuments\/?$/, `CFPackages/${encodeURIComponent(identifier)}`), url).href;
}

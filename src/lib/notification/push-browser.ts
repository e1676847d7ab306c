/** What only a browser knows: whether it can show notices, and how it is reached. Loaded by the page that asks, and by no other. */

/** `on`: it was asked before and is reached. */
export async function stateOfPush(): Promise<'offered' | 'on' | 'denied'> {
	if (Notification.permission === 'denied') return 'denied';
	const registration = await navigator.serviceWorker.getRegistration();
	return (await registration?.pushManager.getSubscription()) ? 'on' : 'offered';
}

/** Asks the browser, which asks its owner. @returns what the server keeps @throws when either says no */
export async function subscribe(key: string): Promise<string> {
	const { pushManager } = await navigator.serviceWorker.ready;
	const known = await pushManager.getSubscription();
	const ours = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
	// Of another key, it is of an earlier set-up of this server, which can not reach it any more.
	const theirs = known?.options.applicationServerKey;
	if (known && (!theirs || String(new Uint8Array(theirs)) !== String(ours))) await known.unsubscribe();
	return JSON.stringify(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: ours }));
}

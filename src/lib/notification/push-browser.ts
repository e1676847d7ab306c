/** What only a browser knows: whether it can show notices, and how it is reached. Loaded by the page that asks, and by no other. */

/** `on`: it was asked before and is reached. */
export async function stateOfPush(): Promise<'offered' | 'on' | 'denied'> {
	if (Notification.permission === 'denied') return 'denied';
	const registration = await navigator.serviceWorker.getRegistration();
	return (await registration?.pushManager.getSubscription()) ? 'on' : 'offered';
}

/** A browser that can't reach its maker's service may try for very long without a word. */
const patienceMs = 20_000;

const within = <T>(work: Promise<T>): Promise<T> =>
	Promise.race([
		work,
		new Promise<never>((_, fail) => setTimeout(() => fail(new Error('No answer came.')), patienceMs))
	]);

/** Asks the browser, which asks its owner. @returns what the server keeps @throws when either says no, see `whyNot` */
export async function subscribe(key: string): Promise<string> {
	// First and without a bound: somebody thinks about it.
	if ((await Notification.requestPermission()) !== 'granted') throw new DOMException('', 'NotAllowedError');
	const { pushManager } = await within(navigator.serviceWorker.ready);
	const known = await pushManager.getSubscription();
	const ours = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
	// Of another key, it is of an earlier set-up of this server, which can not reach it any more.
	const theirs = known?.options.applicationServerKey;
	if (known && (!theirs || String(new Uint8Array(theirs)) !== String(ours))) await known.unsubscribe();
	return JSON.stringify(await within(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: ours })));
}

/** What went wrong in `subscribe`, in a sentence. */
export const whyNot = (error: unknown): string =>
	error instanceof Error && error.name === 'NotAllowedError'
		? 'This browser did not get leave to show notices. Nothing was changed; mail comes as before.'
		: 'This browser could not reach the service of its maker that brings notices to it; some networks keep it shut. Nothing was changed; mail comes as before. Please try again later, or in another network.';

/**
 * A part of a page that stands there as HTML from the beginning and gets its script when somebody comes near it. What most
 * readers of a page never touch weighs nothing for them.
 */
import { type Component, createRawSnippet, hydrate, mount, type Snippet, tick, unmount, untrack } from 'svelte';

type Island<Props extends object> = {
	/** For the server; null in the browser. */
	drawn: ((props: Props) => string) | null;
	load: () => Promise<{ default: Component<Props> }>;
	/** Asked once. @param place where its HTML stands, on a page that came from the server */
	props: (place?: Element) => Props;
	/** Calls `begin` when it is wanted, as often as it likes. @returns ends that */
	when: (place: Element, begin: () => Promise<boolean>) => () => void;
};

export function island<Props extends object>({ drawn, load, props, when }: Island<Props>): Snippet {
	return createRawSnippet(() => ({
		render: () => `<div>${drawn?.(untrack(() => props())) ?? ''}</div>`,
		setup: (place) => {
			let there: object | null = null;
			let loading: Promise<boolean> | null = null;
			let ended = false;
			/** @returns whether it is there; without a network it may not be, and can be asked for again */
			const begin = () => (loading ??= load().then(arrive, () => !!(loading = null)));
			async function arrive({ default: Part }: { default: Component<Props> }) {
				if (ended) return false;
				const options = { target: place, props: untrack(() => props(place)) };
				there = place.firstChild ? hydrate(Part, options) : mount(Part, options);
				await tick();
				return true;
			}
			place.addEventListener('submit', async (event) => {
				if (there) return;
				event.preventDefault();
				const form = event.target as HTMLFormElement;
				if (await begin()) form.requestSubmit((event as SubmitEvent).submitter);
				else form.submit();
			});
			const end = untrack(() => when(place, begin));
			if (!place.firstChild) void begin();
			return () => {
				ended = true;
				end();
				if (there) void unmount(there);
			};
		}
	}));
}

/** Begins at the first sign that somebody is going to use it: it comes near the screen, it is touched, the page is scrolled. */
export function whenNear(place: Element, begin: () => unknown): () => void {
	const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && begin(), {
		rootMargin: '400%'
	});
	near.observe(place);
	for (const touch of ['focusin', 'input']) place.addEventListener(touch, begin);
	addEventListener('scroll', begin, { once: true });
	return () => {
		near.disconnect();
		removeEventListener('scroll', begin);
	};
}

/** What a form already says otherwise than it came, because somebody was there before its script; null if nothing. */
export function saidAlready(place: Element | undefined): FormData | null {
	const form = place?.querySelector('form');
	const field = form?.querySelector('textarea');
	const chosen = form?.querySelector<HTMLInputElement>('[type=radio]:checked');
	const other = (field && field.value !== field.defaultValue) || (chosen && !chosen.defaultChecked);
	return form && other ? new FormData(form) : null;
}

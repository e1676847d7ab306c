/** Other people's carets: a thin line in their colour, and their name while it moves. */
import { yCursorPlugin } from '@tiptap/y-tiptap';
import { Plugin } from 'prosemirror-state';
import type { Awareness } from 'y-protocols/awareness';

/** How long a name stays after the caret has come to rest, in ms. */
export const nameShowsFor = 2_000;

type User = { id?: string; name?: string; author?: number };
type State = { user?: User; cursor?: unknown };

const author = (user: User) => `author-${user.author === 1 ? 1 : 2}`;

/** Shows only carets of people the server has named; the person's own other windows have none. */
export function carets(awareness: Awareness, self: string): Plugin[] {
	const moving = new Map<number, ReturnType<typeof setTimeout>>();
	const places = new Map<number, string>();
	const seen = (client: number) => document.querySelector(`[data-caret="${client}"]`);

	const moved = ({ updated, removed }: { updated: number[]; removed: number[] }) => {
		for (const client of removed) {
			clearTimeout(moving.get(client));
			moving.delete(client);
			places.delete(client);
		}
		for (const client of updated) {
			const place = JSON.stringify((awareness.getStates().get(client) as State | undefined)?.cursor ?? null);
			if (client === awareness.clientID || places.get(client) === place) continue;
			places.set(client, place);
			show(client);
		}
	};
	const show = (client: number) => {
		clearTimeout(moving.get(client));
		seen(client)?.classList.add('moving');
		moving.set(
			client,
			setTimeout(() => {
				moving.delete(client);
				seen(client)?.classList.remove('moving');
			}, nameShowsFor)
		);
	};

	const cursors = yCursorPlugin(awareness, {
		awarenessStateFilter: (own: number, client: number, state: State | null) =>
			own !== client && !!state?.user?.name && state.user.id !== self,
		cursorBuilder: (user: User, client: number) => {
			const caret = document.createElement('span');
			caret.className = `caret ${author(user)}`;
			caret.dataset.caret = String(client);
			// Said by the status line instead; here it would interrupt the sentence that is being read.
			caret.setAttribute('aria-hidden', 'true');
			if (moving.has(client)) caret.classList.add('moving');
			const name = document.createElement('span');
			name.textContent = user.name ?? '';
			// Word joiners on both sides keep the line from breaking at the caret.
			caret.append('\u2060', name, '\u2060');
			return caret;
		},
		selectionBuilder: (user: User) => ({ class: `selected-by ${author(user)}` })
	}) as Plugin;

	const names = new Plugin({
		view: () => {
			awareness.on('update', moved);
			return {
				destroy: () => {
					awareness.off('update', moved);
					for (const timer of moving.values()) clearTimeout(timer);
				}
			};
		}
	});
	return [cursors, names];
}

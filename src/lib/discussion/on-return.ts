/**
 * Sends what was sent without a network, from whatever page of the product its person has open now, and says what became of
 * it. A script of its own, which `on-return-check.ts` asks for: most of those pages have none.
 */
import { excerptOf } from './excerpt.ts';
import { keyOf } from './kept-keys.ts';
import { type Here, sentFor, unanswered } from './kept-posts.ts';
import { sendOne } from './leaving.ts';
import { pauseAfter } from './sending.ts';

/** A page that writes where it belongs, or signs out, sends it itself and shows it there: it gets that long to begin. */
const ownPages = /^\/(threads\/[^/]+|cohorts\/[^/]+\/new|sign-out)$/;
const ownFirst = 3_000;

let working = false;
let wake: (() => void) | null = null;

const pause = (ms: number) =>
	new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, ms);
		wake = () => (clearTimeout(timer), resolve());
	});

/** Sends all that one person sent here and nobody has answered; ends when nothing waits any more. */
export async function sendWaiting(personId: string): Promise<void> {
	// The network is back, or there is more: no need to wait for the next try.
	if (working) return wake?.();
	working = true;
	try {
		if (ownPages.test(location.pathname)) await pause(ownFirst);
		for (let tries = 1; ; tries++) {
			let left = 0;
			for (const here of unanswered(localStorage, personId)) {
				if (Date.now() - here.kept.at > sentFor) continue;
				const done = await alone(keyOf(personId, here.place, here.kept.form), () => send(personId, here));
				if (done === 'signed-out') return;
				if (done !== 'done') left++;
			}
			if (left === 0) return;
			// eslint-disable-next-line no-restricted-properties -- spreads a staff room's tries; nothing secret
			await pause(pauseAfter(tries, Math.random()));
		}
	} finally {
		working = false;
	}
}

/** As long as no other tab sends it. */
const alone = <T>(key: string, what: () => Promise<T>): Promise<T | null> =>
	navigator.locks ? navigator.locks.request(key, { ifAvailable: true }, (lock) => (lock ? what() : null)) : what();

async function send(personId: string, here: Here): Promise<'done' | 'again' | 'signed-out'> {
	const { kept } = here;
	// Another tab may have been faster.
	if (localStorage.getItem(keyOf(personId, here.place, kept.form)) === null) return 'done';
	const what = `“${excerptOf(kept.words || kept.title, 60)}”`;
	say(`${what} is on its way to your cohort.`);
	const answer = await sendOne(personId, here);
	switch (answer?.kind) {
		case 'posted':
			say(`${what} is posted.`, answer.location, 'Read it there');
			return 'done';
		case 'signed-out':
			say(`You are signed out, so ${what} was not posted. It is kept on this device, and sent when you sign in again.`);
			return 'signed-out';
		case 'again':
			say(`${what} is not posted yet: nothing answers. It is kept on this device, and sent as soon as something does.`);
			return 'again';
		default:
			say(
				`${what} could not be posted. ${answer?.sentence ?? 'It is not known where it belongs.'} Your words are kept on this device.`,
				'/account/this-device',
				'Look at it'
			);
			return 'done';
	}
}

let notice: HTMLElement | null = null;

/** One line above the foot of the page, whatever the page is. The latest is what counts. */
function say(sentence: string, href?: string, word?: string): void {
	if (!notice) {
		notice = document.body.appendChild(document.createElement('div'));
		notice.className = 'on-return';
		notice.setAttribute('role', 'status');
	}
	const line = document.createElement('span');
	line.textContent = sentence;
	const close = document.createElement('button');
	close.type = 'button';
	close.className = 'button small quiet';
	close.textContent = 'Close';
	close.onclick = () => {
		notice?.remove();
		notice = null;
	};
	const link = href && document.createElement('a');
	if (link) {
		link.href = href;
		link.textContent = word!;
		// A thread that is open would only jump within itself.
		link.dataset.sveltekitReload = '';
	}
	notice.replaceChildren(line, ...(link ? [link] : []), close);
}

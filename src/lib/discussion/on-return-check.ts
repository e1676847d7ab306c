/**
 * What every page of somebody who is signed in looks for: posts that were sent in this browser and never answered. It stands
 * in the page's HTML, so that pages without script need none, and only where something waits is the rest asked for.
 */
import { keysOf, leftEvent } from './kept-keys.ts';

/** @param rest address of `on-return.ts` */
export function onReturn(personId: string, rest: string): string {
	// A kept post is JSON that we wrote: whatever else it says, words that look like this stand in it with a backslash.
	return `{const look=()=>{try{Object.keys(localStorage).some(k=>k.startsWith("${keysOf(personId, '')}")&&localStorage[k].includes('"sent":true'))&&import("${rest}").then(m=>m.sendWaiting("${personId}")).catch(()=>{})}catch{}};addEventListener("online",look);addEventListener("${leftEvent}",look);look()}`;
}

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { limits } from './limits.ts';
import { Presence, type Peer } from './presence.ts';

const peer = (id: string): Peer => ({ identity: { id, name: id, initials: id[0]!, author: 1 } });
const said = (...entries: [client: number, state: unknown][]) => {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, entries.length);
	for (const [client, state] of entries) {
		encoding.writeVarUint(encoder, client);
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarString(encoder, JSON.stringify(state));
	}
	return encoding.toUint8Array(encoder);
};
const read = (update: Uint8Array | null) => {
	const told = new Map<number, { clock: number; state: Record<string, unknown> | null }>();
	if (!update) return told;
	const input = decoding.createDecoder(update);
	for (let left = decoding.readVarUint(input); left > 0; left--)
		told.set(decoding.readVarUint(input), {
			clock: decoding.readVarUint(input),
			state: JSON.parse(decoding.readVarString(input))
		});
	return told;
};
const nobody = () => undefined;

test('what is sent on is the server’s name with the client’s cursor, and clocks only rise', () => {
	const presence = new Presence();
	const [rosa, idris] = [peer('rosa'), peer('idris')];
	presence.hear(rosa, said([1, { user: { name: 'Idris' }, cursor: null, typing: true }]), nobody);
	const first = read(presence.takeChanges()(idris)).get(1)!;
	expect(first.state).toEqual({ user: rosa.identity, cursor: null, typing: true });
	presence.hear(rosa, said([1, { typing: false }]), nobody);
	expect(read(presence.takeChanges()(idris)).get(1)!.clock).toBeGreaterThan(first.clock);
	presence.leave(rosa);
	expect(read(presence.takeChanges()(idris)).get(1)!.state).toBeNull();
});

test('a stock client takes it, also after the same id went and came back', () => {
	const presence = new Presence();
	const [rosa, idris] = [peer('rosa'), peer('idris')];
	const awareness = new Awareness(new Y.Doc());
	const hear = () => applyAwarenessUpdate(awareness, presence.takeChanges()(idris)!, null);
	presence.hear(rosa, said([1, {}]), nobody);
	hear();
	expect(awareness.getStates().get(1)).toMatchObject({ user: { name: 'rosa' } });
	presence.leave(rosa);
	hear();
	expect(awareness.getStates().has(1)).toBe(false);
	presence.hear(peer('rosa'), said([1, {}]), nobody);
	hear();
	expect(awareness.getStates().has(1)).toBe(true);
	awareness.destroy();
});

test('an id stays its person’s after they left, and a bound id was never anybody else’s', () => {
	const presence = new Presence();
	const [rosa, idris] = [peer('rosa'), peer('idris')];
	presence.hear(rosa, said([1, {}]), nobody);
	presence.leave(rosa);
	presence.takeChanges();
	expect(presence.hear(idris, said([1, {}]), nobody)).toBe(false);
	expect(presence.hear(idris, said([2, {}]), (client) => (client === 2 ? 'rosa' : undefined))).toBe(false);
	expect(presence.hear(idris, said([3, {}]), nobody)).toBe(true);
	expect(presence.personOf(1)).toBe('rosa');
});

test.for<[string, unknown]>([
	['markup in a cursor', { cursor: { anchor: '<b>', head: null } }],
	['a cursor with more than two positions', { cursor: { anchor: null, head: null, extra: 1 } }],
	['a flag that is an object', { typing: { a: 1 } }],
	['a long flag', { note: 'x'.repeat(limits.flagLength + 1) }],
	['a flag named like a method', { constructor: true }],
	['a flag with a strange name', { 'a-b': true }]
])('%s is left out', ([, state]) => {
	const presence = new Presence();
	presence.hear(peer('rosa'), said([1, state]), nobody);
	expect(Object.keys(read(presence.takeChanges()(peer('idris'))).get(1)!.state!)).toEqual(['user']);
});

test('of what a socket says again and again only the first and the last are read, and others hear the last', () => {
	const presence = new Presence();
	const [rosa, idris] = [peer('rosa'), peer('idris')];
	// In between come what nobody could read, and what a stock client repeats of others.
	presence.hear(rosa, said([1, { at: 0 }]), nobody);
	for (let at = 1; at < 100; at++) expect(presence.hear(rosa, said([1, { at }]), nobody)).toBe(true);
	presence.hear(rosa, new Uint8Array([1, 1, 1, 2, 120, 120]), nobody);
	presence.hear(rosa, said([1, { at: 100 }]), nobody);
	presence.hear(rosa, said([2, {}]), nobody);
	const unread: Peer[] = [];
	const told = read(presence.takeChanges((peer) => unread.push(peer))(idris));
	expect(unread).toEqual([]);
	expect([...told]).toEqual([[1, { clock: expect.any(Number), state: { at: 100, user: rosa.identity } }]]);
	expect(presence.takeChanges()(idris)).toBeNull(); // once
	// Going is a state as well, and so is a last word that nobody can read.
	for (const state of [{ at: 101 }, { at: 102 }, null]) presence.hear(rosa, said([1, state]), nobody);
	expect(read(presence.takeChanges()(idris)).get(1)!.state).toBeNull();
	presence.hear(rosa, said([1, { at: 103 }]), nobody);
	presence.hear(rosa, new Uint8Array([1, 1, 1, 2, 120, 120]), nobody);
	expect(read(presence.takeChanges((peer) => unread.push(peer))(idris)).get(1)!.state).toMatchObject({ at: 103 });
	expect(unread).toEqual([rosa]);
});

test('what waits to be read is gone with its socket, and with the id when another socket of the person takes it', () => {
	const presence = new Presence();
	const [desk, phone, idris] = [peer('rosa'), peer('rosa'), peer('idris')];
	for (const at of [1, 2]) presence.hear(desk, said([1, { at }]), nobody);
	presence.hear(phone, said([1, { at: 3 }]), nobody);
	expect(read(presence.takeChanges()(idris)).get(1)!.state).toMatchObject({ at: 3 });
	for (const at of [4, 5]) presence.hear(phone, said([1, { at }]), nobody);
	presence.leave(phone);
	expect(read(presence.takeChanges()(idris)).get(1)!.state).toBeNull();
});

test('a message that is too large or announces too much changes nothing', () => {
	const presence = new Presence();
	expect(presence.hear(peer('rosa'), new Uint8Array(limits.presenceBytes + 1), nobody)).toBe(false);
	expect(() => presence.hear(peer('rosa'), new Uint8Array([255, 255, 255, 15]), nobody)).toThrow();
	expect(() => presence.hear(peer('rosa'), new Uint8Array([1, 1, 1, 100, 123]), nobody)).toThrow();
});

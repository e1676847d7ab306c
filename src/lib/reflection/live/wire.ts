/**
 * How messages travel: each a whole binary frame of RFC 6455, unmasked as servers send them. A piece of bytes is made
 * once for all who get it and written as it is; `ws` would write header and content apart, for each of them. What is made
 * here thousands of times a second is put together in one buffer, without encoders in between: those cost more than the
 * bytes.
 */
import * as encoding from 'lib0/encoding';

/** A message that carries one byte string after its type: how most look. */
export function frameOf(type: number, kind: number | null, content: Uint8Array): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, type);
	if (kind !== null) encoding.writeVarUint(encoder, kind);
	encoding.writeVarUint8Array(encoder, content);
	return encoding.toUint8Array(encoder);
}

/** A message, ready to be written. */
export function onTheWire(message: Uint8Array): Buffer {
	const header = headerLength(message.length);
	const wire = Buffer.allocUnsafe(header + message.length);
	putHeader(wire, 0, message.length);
	wire.set(message, header);
	return wire;
}

/** A message of each of these contents, one after the other, ready to be written. @param type of sync messages */
export function allOnTheWire(type: number, kind: number, contents: Uint8Array[]): Buffer {
	let size = 0;
	for (const { length } of contents) {
		const message = 2 + varUintLength(length) + length;
		size += headerLength(message) + message;
	}
	const wire = Buffer.allocUnsafe(size);
	let at = 0;
	for (const content of contents) {
		at = putHeader(wire, at, 2 + varUintLength(content.length) + content.length);
		wire[at++] = type;
		wire[at++] = kind;
		at = putVarUint(wire, at, content.length);
		wire.set(content, at);
		at += content.length;
	}
	return wire;
}

/** A message of one content that comes in parts, ready to be written part by part. @param type of sync messages */
export function partsOnTheWire(type: number, kind: number, parts: Uint8Array[]): Uint8Array[] {
	const length = parts.reduce((sum, part) => sum + part.length, 0);
	const message = 2 + varUintLength(length) + length;
	const head = Buffer.allocUnsafe(headerLength(message) + message - length);
	const at = putHeader(head, 0, message);
	head[at] = type;
	head[at + 1] = kind;
	putVarUint(head, at + 2, length);
	return [head, ...parts];
}

/** Parts as one. */
export function joined(parts: Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** A message that carries one number after its type, ready to be written. */
export function numberOnTheWire(type: number, value: number): Buffer {
	const length = 1 + varUintLength(value);
	const wire = Buffer.allocUnsafe(2 + length);
	const at = putHeader(wire, 0, length);
	wire[at] = type;
	putVarUint(wire, at + 1, value);
	return wire;
}

const headerLength = (length: number) => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

function putHeader(wire: Buffer, at: number, length: number): number {
	wire[at] = 0x82; // the last and only fragment, of bytes
	if (length < 126) {
		wire[at + 1] = length;
		return at + 2;
	}
	if (length < 65_536) {
		wire[at + 1] = 126;
		return wire.writeUInt16BE(length, at + 2);
	}
	wire[at + 1] = 127;
	return wire.writeBigUInt64BE(BigInt(length), at + 2);
}

/** Bytes of a number in lib0's encoding, seven bits to a byte. */
export function varUintLength(value: number): number {
	let length = 1;
	for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
	return length;
}

/** Writes a number in lib0's encoding. @returns where it ends */
export function putVarUint(bytes: Uint8Array, at: number, value: number): number {
	let rest = value;
	for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = 128 | (rest % 128);
	bytes[at++] = rest;
	return at;
}

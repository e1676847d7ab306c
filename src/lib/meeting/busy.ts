/**
 * When somebody is busy, out of a calendar as other programs publish it (RFC 5545). Only the lines that say when are ever
 * looked at: a title, a place or a guest is dropped before anything is read, and none is part of what comes back. Pure.
 */
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { Refusal } from '#lib/errors.ts';
import { day, occurrences, type Patience, readRule, TooMuch } from './recurrence.ts';

/** From when until before when, in milliseconds. */
export type Span = { from: number; to: number };

export type Busy = {
	/** In order of their beginning; two may overlap. */
	spans: Span[];
	/** Entries whose time could not be read, and so do not count. */
	unread: number;
};

/** Ten years of a full calendar are some two megabytes. */
export const mostBytes = 5 * 1024 * 1024;
/** Forty meetings a week for ten years. */
const mostEntries = 20_000;
/** Days that all rules of one file together may be followed for; a third of a second of work. */
const mostDays = 1_000_000;
/** Busy spans in a few weeks; beyond it the calendar is no person's. */
const mostSpans = 5_000;

const no = (sentence: string) => new Refusal('rule', sentence);

const kinds = new Set(['VEVENT', 'VFREEBUSY', 'VTIMEZONE', 'STANDARD', 'DAYLIGHT']);
const wanted = new Set([
	'UID',
	'DTSTART',
	'DTEND',
	'DURATION',
	'RRULE',
	'RDATE',
	'EXDATE',
	'RECURRENCE-ID',
	'SEQUENCE',
	'STATUS',
	'TRANSP',
	'X-MICROSOFT-CDO-BUSYSTATUS',
	'FREEBUSY',
	'TZID',
	'TZOFFSETFROM',
	'TZOFFSETTO'
]);

type Block = { kind: string; lines: string[]; inner: Block[] };

/** The entries of a file with the lines of theirs that say when. */
function blocksOf(text: string): { blocks: Block[]; cancels: boolean } {
	const blocks: Block[] = [];
	const open: (Block | null)[] = [];
	let cancels = false;
	let calendars = 0;
	let entries = 0;
	for (const line of text
		.replace(/^\uFEFF/, '')
		.replace(/\r?\n[ \t]/g, '')
		.split(/\r?\n|\r/)) {
		const colon = /[;:]/.exec(line)?.index ?? -1;
		if (colon < 0) continue;
		const name = line.slice(0, colon).toUpperCase();
		if (name === 'BEGIN') {
			const kind = line
				.slice(colon + 1)
				.trim()
				.toUpperCase();
			if (kind === 'VCALENDAR') {
				calendars++;
				continue;
			}
			if (open.length >= 8) throw no('This calendar nests deeper than any calendar does, so it was not read.');
			const outer = open.at(-1);
			const isInner = kind === 'STANDARD' || kind === 'DAYLIGHT';
			const known = kinds.has(kind) && (isInner ? outer?.kind === 'VTIMEZONE' : open.length === 0);
			const block = known ? { kind, lines: [], inner: [] } : null;
			if (block && isInner) outer!.inner.push(block);
			else if (block) {
				if (++entries > mostEntries)
					throw no(
						`There are more than ${mostEntries.toLocaleString('en')} entries in this calendar, which is more than is read. Please publish a shorter part of it.`
					);
				blocks.push(block);
			}
			open.push(block);
		} else if (name === 'END') {
			if (
				line
					.slice(colon + 1)
					.trim()
					.toUpperCase() !== 'VCALENDAR'
			)
				open.pop();
		} else if (open.length === 0) {
			if (name === 'METHOD' && /:\s*CANCEL\s*$/i.test(line)) cancels = true;
		} else if (wanted.has(name) && line.length <= 20_000) open.at(-1)?.lines.push(line);
	}
	if (calendars === 0)
		throw no('This is not a calendar. A calendar file ends in .ics and begins with the line BEGIN:VCALENDAR.');
	return { blocks, cancels };
}

type Property = { name: string; property: ICAL.Property };
const isRule = (line: string) => /^RRULE[;:]/i.test(line);
const propertiesOf = (block: Block): Property[] =>
	block.lines.flatMap((line) => {
		if (isRule(line)) return [];
		const property = ICAL.Property.fromString(line);
		return { name: property.name.toUpperCase(), property };
	});
const rulesOf = (block: Block): string[] =>
	block.lines.filter(isRule).map((line) => line.slice(line.indexOf(':') + 1).trim());

/** A moment as a calendar says it: on which clock. `zone` null is the owner's own, whatever it is. */
type Moment = { wall: number; zone: Zone | null; isDate: boolean };
type Zone = { name: string; instantOf: (wall: number) => number };

const utc: Zone = { name: 'UTC', instantOf: (wall) => wall };

/** A clock of the world's own list. What a clock skips is read with the time before, what it shows twice is the first (RFC 5545 3.3.5). */
function zoneNamed(name: string): Zone {
	const instantOf = (wall: number) =>
		Temporal.Instant.fromEpochMilliseconds(wall)
			.toZonedDateTimeISO('UTC')
			.toPlainDateTime()
			.toZonedDateTime(name, { disambiguation: 'compatible' }).epochMilliseconds;
	return { name, instantOf };
}

export function isZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}

/** A clock that the file itself describes, under a name of its own. */
function zoneDescribed(block: Block): Zone | null {
	const observances = block.inner.flatMap((inner) => {
		const all = propertiesOf(inner);
		const first = (name: string) => all.find((one) => one.name === name)?.property.getFirstValue();
		const start = first('DTSTART');
		const [before, after] = [first('TZOFFSETFROM'), first('TZOFFSETTO')];
		if (!(start instanceof ICAL.Time) || !(before instanceof ICAL.UtcOffset) || !(after instanceof ICAL.UtcOffset))
			return [];
		const rules = rulesOf(inner);
		const dates = all
			.filter(({ name }) => name === 'RDATE')
			.flatMap(({ property }) => property.getValues())
			.flatMap((value) => (value instanceof ICAL.Time ? [wallOf(value)] : []));
		return [
			{
				start: wallOf(start),
				before: before.toSeconds() * 1000,
				after: after.toSeconds() * 1000,
				until: rules.map((rule) => /UNTIL=(\d{8}(T\d{6}Z?)?)/i.exec(rule)?.[1]).find((until) => until !== undefined),
				rules: rules.flatMap((rule) => readRule(rule) ?? []),
				dates: dates.slice(0, 500)
			}
		];
	});
	if (observances.length === 0) return null;
	const changes = new Map<number, { at: number; before: number; after: number }[]>();
	/** All changes of the clock in a year and in the two around it, and the first ones ever. */
	const changesAround = (year: number) => {
		let known = changes.get(year);
		if (known) return known;
		const [from, to] = [Date.UTC(year - 1, 0, 1), Date.UTC(year + 1, 11, 31)];
		const patience = { days: 20_000 };
		known = observances.flatMap(({ start, before, after, rules, dates, until }) => {
			const isOver = (wall: number) => until !== undefined && isAfter(wall, wall - before, until);
			const yearly = rules
				.filter(({ frequency }) => frequency === 'YEARLY')
				.flatMap((rule) => occurrences({ ...rule, count: null }, start, from, to, isOver, patience));
			return [start, ...dates, ...yearly].map((wall) => ({ at: wall, before, after }));
		});
		known.sort((a, b) => a.at - a.before - (b.at - b.before));
		changes.set(year, known);
		return known;
	};
	return {
		name: 'described',
		instantOf(wall) {
			const year = new Date(wall).getUTCFullYear();
			// The last change before this wall time decides; the hour that is skipped counts by the time before.
			const all = changesAround(year);
			let offset = all[0]?.before ?? 0;
			for (const change of all) {
				const skipped = Math.max(0, change.after - change.before);
				const reached = wall >= change.at + skipped;
				if (reached) offset = change.after;
			}
			return wall - offset;
		}
	};
}

const wallOf = (time: ICAL.Time): number => {
	const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
	if (!(time.year >= 1900 && time.year <= 2200) || Number.isNaN(wall)) throw new Error('no time of ours');
	return wall;
};

/** Whether a moment lies after an UNTIL, which names a day, a wall time, or a moment in UTC. */
function isAfter(wall: number, instant: number, until: string): boolean {
	const [, y, mo, d, h, mi, s, z] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?/i.exec(until) ?? [];
	if (y === undefined) return false;
	if (h === undefined) return wall >= Date.UTC(Number(y), Number(mo) - 1, Number(d)) + day;
	const at = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
	return (z ? instant : wall) > at;
}

/** Names such as `/example.org/America/Chicago` end in one of the world's list. */
function worldly(name: string): string | null {
	const parts = name.split('/').filter((part) => part !== '');
	for (const length of [parts.length, 3, 2, 1]) {
		const tail = parts.slice(-length).join('/');
		if (tail !== '' && isZone(tail)) return tail;
	}
	return null;
}

/**
 * When the owner of a calendar is busy within a window.
 *
 * What counts is what calendars show as busy: no cancelled entry, none that is marked as free, no part of a VFREEBUSY that
 * says FREE. A whole day lasts from midnight to midnight in the owner's zone, and so does a time that names no zone.
 * @param zone the owner's, an IANA name
 * @throws Refusal rule when it is no calendar, or more of one than is read
 */
export function busyOf(text: string, window: { from: Date; to: Date }, zone: string): Busy {
	if (Buffer.byteLength(text) > mostBytes)
		throw no(
			`This calendar is larger than ${mostBytes / 1024 / 1024} MB, which is more than is read. Please publish a shorter part of it.`
		);
	const { blocks, cancels } = blocksOf(text);
	if (cancels) return { spans: [], unread: 0 };
	const own = zoneNamed(zone);
	const described = new Map<string, Block>();
	for (const block of blocks)
		if (block.kind === 'VTIMEZONE') {
			const id = block.lines.find((line) => /^TZID[;:]/i.test(line));
			if (id) described.set(id.slice(id.indexOf(':') + 1).trim(), block);
		}
	const zones = new Map<string, Zone>();
	const zoneOf = (id: string): Zone => {
		let known = zones.get(id);
		if (!known) {
			const name = worldly(id);
			const block = described.get(id);
			const made = name ? zoneNamed(name) : block ? zoneDescribed(block) : null;
			if (!made) throw new Error('no such zone');
			zones.set(id, (known = made));
		}
		return known;
	};
	const reading = new Reading({ from: window.from.getTime(), to: window.to.getTime() }, own, zoneOf);
	try {
		for (const block of blocks) {
			if (block.kind === 'VFREEBUSY') reading.freeBusy(block);
			else if (block.kind === 'VEVENT') reading.event(block);
		}
		return reading.done();
	} catch (error) {
		if (!(error instanceof TooMuch)) throw error;
		throw no(
			'The entries of this calendar repeat more often than can be followed. Please publish a shorter part of it.'
		);
	}
}

type Event = {
	uid: string;
	sequence: number;
	start: Moment;
	/** Days of the calendar, for whole days; else milliseconds. */
	length: { days: number } | { ms: number };
	rules: string[];
	added: (Moment & { until: number | null })[];
	left: Moment[];
	replaces: (Moment & { onwards: boolean }) | null;
	counts: boolean;
};

class Reading {
	#window: Span;
	#own: Zone;
	#zoneOf: (id: string) => Zone;
	#spans: Span[] = [];
	#unread = 0;
	#events = new Map<string, Event[]>();
	#patience: Patience = { days: mostDays };

	constructor(window: Span, own: Zone, zoneOf: (id: string) => Zone) {
		this.#window = window;
		this.#own = own;
		this.#zoneOf = zoneOf;
	}

	done(): Busy {
		for (const events of this.#events.values())
			try {
				this.#expand(events);
			} catch (error) {
				if (error instanceof TooMuch || error instanceof Refusal) throw error;
				this.#unread++;
			}
		this.#spans.sort((a, b) => a.from - b.from || a.to - b.to);
		return { spans: this.#spans, unread: this.#unread };
	}

	#add(from: number, to: number) {
		const span = { from: Math.max(from, this.#window.from), to: Math.min(to, this.#window.to) };
		if (!(span.to > span.from)) return;
		if (this.#spans.length >= mostSpans)
			throw no('There is more in these weeks of the calendar than a person can do, so it was not read.');
		this.#spans.push(span);
	}

	#moment(value: unknown, property: ICAL.Property): Moment {
		if (!(value instanceof ICAL.Time)) throw new Error('no time');
		const id = property.getFirstParameter('tzid');
		const zone = value.zone === ICAL.Timezone.utcTimezone ? utc : value.isDate || !id ? null : this.#zoneOf(id.trim());
		return { wall: wallOf(value), zone, isDate: value.isDate };
	}

	#instant = ({ wall, zone }: Pick<Moment, 'wall' | 'zone'>) => (zone ?? this.#own).instantOf(wall);

	freeBusy(block: Block) {
		try {
			for (const { name, property } of propertiesOf(block)) {
				if (name !== 'FREEBUSY' || property.getFirstParameter('fbtype')?.toUpperCase() === 'FREE') continue;
				for (const value of property.getValues()) {
					if (!(value instanceof ICAL.Period)) throw new Error('no period');
					const from = wallOf(value.start);
					this.#add(from, value.end ? wallOf(value.end) : from + value.duration.toSeconds() * 1000);
				}
			}
		} catch (error) {
			if (error instanceof Refusal) throw error;
			this.#unread++;
		}
	}

	event(block: Block) {
		try {
			const event = this.#read(block);
			if (!event) return;
			const same = this.#events.get(event.uid);
			if (same) same.push(event);
			else this.#events.set(event.uid, [event]);
		} catch {
			this.#unread++;
		}
	}

	/** @returns null for what has no time and so takes none */
	#read(block: Block): Event | null {
		const all = propertiesOf(block);
		const of = (name: string) => all.filter((one) => one.name === name).map(({ property }) => property);
		const word = (name: string) => String(of(name)[0]?.getFirstValue() ?? '').toUpperCase();
		const [begins] = of('DTSTART');
		if (!begins) return null;
		const start = this.#moment(begins.getFirstValue(), begins);
		const [ends] = of('DTEND');
		const rules = rulesOf(block);
		const [replaced] = of('RECURRENCE-ID');
		// Nearly all of a long calendar is long ago, and need not be worked out.
		const isOnce = rules.length === 0 && !replaced && of('RDATE').length === 0 && of('DURATION').length === 0;
		if (isOnce) {
			const end = ends ? this.#moment(ends.getFirstValue(), ends).wall : start.wall;
			if (start.wall > this.#window.to + 2 * day || end < this.#window.from - 2 * day) return null;
		}
		const [lasts] = of('DURATION');
		let length: Event['length'] = start.isDate ? { days: 1 } : { ms: 0 };
		if (ends) {
			const end = this.#moment(ends.getFirstValue(), ends);
			length = start.isDate
				? { days: Math.max(1, Math.round((end.wall - start.wall) / day)) }
				: { ms: this.#instant(end) - this.#instant(start) };
		} else if (lasts) {
			const value = lasts.getFirstValue();
			if (!(value instanceof ICAL.Duration)) throw new Error('no duration');
			const ms = value.toSeconds() * 1000;
			length = start.isDate ? { days: Math.max(1, Math.round(ms / day)) } : { ms };
		}
		const moments = (name: string) =>
			of(name).flatMap((property) =>
				property.getValues().map((value) => {
					if (!(value instanceof ICAL.Period)) return { ...this.#moment(value, property), until: null };
					const from = this.#moment(value.start, property);
					const at = this.#instant(from);
					const until = value.end
						? this.#instant(this.#moment(value.end, property))
						: at + value.duration.toSeconds() * 1000;
					return { ...from, until };
				})
			);
		const shown = word('X-MICROSOFT-CDO-BUSYSTATUS');
		return {
			uid: String(of('UID')[0]?.getFirstValue() ?? `without ${this.#events.size}`),
			sequence: Number(of('SEQUENCE')[0]?.getFirstValue() ?? 0) || 0,
			start,
			length,
			rules,
			added: moments('RDATE'),
			left: moments('EXDATE'),
			replaces: replaced
				? {
						...this.#moment(replaced.getFirstValue(), replaced),
						onwards: replaced.getFirstParameter('range')?.toUpperCase() === 'THISANDFUTURE'
					}
				: null,
			counts: word('STATUS') !== 'CANCELLED' && word('TRANSP') !== 'TRANSPARENT' && shown !== 'FREE'
		};
	}

	#put(event: Event, wall: number) {
		const from = this.#instant({ wall, zone: event.start.zone });
		this.#add(
			from,
			'days' in event.length
				? this.#instant({ wall: wall + event.length.days * day, zone: event.start.zone })
				: from + event.length.ms
		);
	}

	/** One event with all its occurrences, and those of them that were changed. */
	#expand(events: Event[]) {
		const newest = (a: Event, b: Event) => b.sequence - a.sequence;
		const master = events.filter(({ replaces }) => !replaces).sort(newest)[0];
		const changed = events.filter(({ replaces }) => replaces).sort(newest);
		const taken = new Set<number>();
		for (const one of changed) {
			const key = this.#instant(one.replaces!);
			if (taken.has(key)) continue;
			taken.add(key);
			if (one.counts) this.#put(one, one.start.wall);
		}
		if (!master) return;
		// A day stands for whatever is on it.
		const elsewhere = [...master.left, ...changed.map(({ replaces }) => replaces!)];
		const days = new Set(elsewhere.filter(({ isDate }) => isDate).map(({ wall }) => wall));
		const instants = new Set(elsewhere.filter(({ isDate }) => !isDate).map(this.#instant));
		const isLeft = (wall: number) =>
			days.has(Math.floor(wall / day) * day) || instants.has(this.#instant({ wall, zone: master.start.zone }));
		if (master.rules.length === 0 && master.added.length === 0) {
			if (master.counts && !isLeft(master.start.wall)) this.#put(master, master.start.wall);
			return;
		}
		const length = 'days' in master.length ? master.length.days * day : master.length.ms;
		const [from, to] = [this.#window.from - Math.max(0, length) - 2 * day, this.#window.to + 2 * day];
		const walls = new Set<number>(master.rules.length === 0 ? [master.start.wall] : []);
		for (const text of master.rules) {
			const rule = readRule(text);
			if (!rule) throw new Error('no rule of ours');
			const until = /UNTIL=(\d{8}(?:T\d{6}Z?)?)/i.exec(text)?.[1];
			const isOver = (wall: number) =>
				until !== undefined && isAfter(wall, this.#instant({ wall, zone: master.start.zone }), until);
			// A moved series may have moved by weeks.
			const reach = changed.some(({ replaces }) => replaces!.onwards) ? 366 * day : 0;
			for (const wall of occurrences(rule, master.start.wall, from - reach, to + reach, isOver, this.#patience))
				walls.add(wall);
		}
		const onwards = changed
			.filter(({ replaces }) => replaces!.onwards)
			.sort((a, b) => b.replaces!.wall - a.replaces!.wall);
		for (const wall of walls) {
			if (isLeft(wall)) continue;
			const later = onwards.find(
				({ replaces }) => this.#instant({ wall, zone: master.start.zone }) >= this.#instant(replaces!)
			);
			if (!later) {
				if (master.counts) this.#put(master, wall);
			} else if (later.counts) this.#put(later, wall + later.start.wall - later.replaces!.wall);
		}
		for (const one of master.added) {
			const at = this.#instant(one);
			if (!master.counts || isLeft(one.wall)) continue;
			if (one.until !== null) this.#add(at, one.until);
			else if (!walls.has(one.wall)) this.#put({ ...master, start: one }, one.wall);
		}
	}
}

/** The same times without overlaps, in order. */
export function merged(spans: readonly Span[]): Span[] {
	const all: Span[] = [];
	for (const span of spans.toSorted((a, b) => a.from - b.from)) {
		const last = all.at(-1);
		if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
		else if (span.to > span.from) all.push({ ...span });
	}
	return all;
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { everyMs, leftAfterMs, PresenceNews, quietMs } from './presence-news.ts';

const idris = { id: 'i', name: 'Idris Okafor' };
const rosa = { id: 'r', name: 'Rosa Medina' };
let said: string[];
let news: PresenceNews;

beforeEach(() => {
	vi.useFakeTimers();
	said = [];
	news = new PresenceNews((sentence) => said.push(sentence));
});
afterEach(() => {
	news.end();
	vi.useRealTimers();
});

test('who is there at the first look is not announced; who comes later is', () => {
	news.present([idris]);
	expect(said).toEqual([]);
	news.present([idris, rosa]);
	expect(said).toEqual(['Rosa Medina is here.']);
});

test('leaving is said after thirty seconds, and not when the person was only away', () => {
	news.present([idris]);
	news.present([]);
	vi.advanceTimersByTime(leftAfterMs - 1);
	news.present([idris]);
	vi.advanceTimersByTime(leftAfterMs * 2);
	expect(said).toEqual([]);
	news.present([]);
	vi.advanceTimersByTime(leftAfterMs);
	expect(said).toEqual(['Idris Okafor has left.']);
});

test('at most one sentence in five seconds, and only the newest of each person', () => {
	news.present([]);
	news.present([idris, rosa]);
	news.wrote('r');
	expect(said).toEqual(['Idris Okafor is here.']);
	vi.advanceTimersByTime(everyMs - 1);
	expect(said).toHaveLength(1);
	vi.advanceTimersByTime(1);
	expect(said[1]).toBe('Rosa Medina is writing.');
	vi.advanceTimersByTime(everyMs * 3);
	expect(said).toHaveLength(2);
});

test('writing that goes on is said once', () => {
	news.present([idris]);
	for (let i = 0; i < 20; i++) {
		news.wrote('i');
		vi.advanceTimersByTime(quietMs / 2);
	}
	expect(said).toEqual(['Idris Okafor is writing.']);
	vi.advanceTimersByTime(quietMs * 2);
	news.wrote('i');
	expect(said).toHaveLength(2);
});

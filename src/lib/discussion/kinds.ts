/** What a thread can be, how somebody answers a post without words, and how much of a thread somebody wants to hear. */

export const kinds = ['question', 'strategy', 'tried'] as const;
export type Kind = (typeof kinds)[number];
export const kindWords: Record<Kind, string> = {
	question: 'Question',
	strategy: 'Strategy',
	tried: 'What happened when I tried'
};
export const kindOf = (said: unknown): Kind | null => kinds.find((kind) => kind === said) ?? null;

/** Few, and each useful to whoever wrote: no hearts, nothing to collect. */
export const reactions = ['tried', 'thanks'] as const;
export type Reaction = (typeof reactions)[number];
export const reactionWords: Record<Reaction, string> = { tried: 'Tried it', thanks: 'Thank you' };
export const reactionOf = (said: unknown): Reaction | null => reactions.find((kind) => kind === said) ?? null;

/**
 * `watch`: told of every post. `follow`: of new threads, and the rest in the digest. `mute`: of nothing but being named and
 * what concerns one's own posts.
 */
export const levels = ['watch', 'follow', 'mute'] as const;
export type Level = (typeof levels)[number];
export const levelWords: Record<Level, string> = {
	watch: 'Watch: tell me of every post',
	follow: 'Follow: in my digest',
	mute: 'Mute: only when somebody names me'
};
export const levelOf = (said: unknown): Level | null => levels.find((level) => level === said) ?? null;

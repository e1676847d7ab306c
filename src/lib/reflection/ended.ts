/** What a pair's state means for a reflection, in sentences for the person who reads it. */
import type { PairState } from './policy.ts';

export function whyReadOnly(pair: PairState, other: string): string {
	if (pair.status === 'paused')
		return `You and ${other} have paused. Everything stays readable, and writing opens again when you go on.`;
	if (pair.endedAs === 'completed')
		return `You and ${other} completed what you set out to do. You both keep this to read; nobody changes it any more.`;
	return `Your pair with ${other} has ended. These words stay with you to read; nobody changes them any more.`;
}

/** Who can see the words; keep in step with `accessTo`. @param shared whether it is shared with the mentor */
export function whoSees(pair: PairState, other: string, shared: boolean): string {
	const both = shared && (pair.status !== 'ended' || pair.endedAs === 'completed');
	return `${both ? `You and ${other}` : 'Only you'} can see this. Coaches see dates, and only passages that you show them.`;
}

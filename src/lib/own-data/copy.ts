/** What a copy of somebody's data is made of: its names, its words, and what is not in it. Pure. */
import { fileNameOf } from '#lib/reflection/file-name.ts';

/** Raised when a file changes its name or shape; programs that read copies look at it. */
export const formatVersion = 1;

/**
 * A title as the name of a file in the copy: the number in front makes it one of its own.
 * @param n counts from 1
 */
export const fileName = (n: number, title: string): string => `${String(n).padStart(3, '0')} ${fileNameOf(title)}`;

/** Tables that a person can read and that no file of a copy holds, each with the reason. */
export const notCopied: Record<string, string> = {
	reflection_updates:
		'every keystroke, as machines keep it, of both who wrote: the text and who wrote which characters are in reflections/',
	reflection_snapshots: 'the same text once more, folded for machines',
	reflection_history: 'as reflection_updates; it also holds what either of the two took back again',
	reflection_clients: 'numbers by which machines know whose keystrokes are whose',
	cohort_voices: 'that you have said something in a cohort, which your posts in cohorts/posts.json show',
	programs: 'the program’s; its name stands with your roles, enrollments and pairs',
	cohorts: 'the program’s; its name stands with your enrollments and pairs',
	program_stacks: 'the program’s offer',
	program_times: 'the program’s school day and semesters, the same for everybody in it',
	contact_norms: 'norms of contact time, the same for everybody',
	program_breaks: 'the program’s holidays, the same for everybody in it',
	program_counts: 'how many people stand where in a program; yours stands with your enrollments',
	program_capacity: 'the program’s rule, the same for everybody in it',
	matchings: 'a plan that managers make before anybody is asked; what was proposed stands with your pairs',
	capacity_rules: 'rules of states, the same for everybody',
	organizations: 'the tree of states, districts and schools, the same for everybody',
	issuers: 'the catalogue, the same for everybody',
	issuer_editors: 'the catalogue, the same for everybody',
	microcredential_drafts: 'the issuer’s, written by all its managers; what is published stands in the catalogue',
	frameworks: 'the catalogue, the same for everybody',
	framework_associations: 'the catalogue, the same for everybody',
	framework_drafts: 'files of publishers that you looked at before importing them; gone after a day',
	competencies: 'the catalogue, the same for everybody',
	microcredentials: 'the catalogue, the same for everybody',
	microcredential_versions: 'the catalogue, the same for everybody; titles stand with what is about them',
	alignments: 'the catalogue, the same for everybody',
	parts: 'the catalogue, the same for everybody',
	rubric_rows: 'the catalogue, the same for everybody',
	jurisdictions: 'the credit register, the same for everybody',
	credit_rules: 'the credit register, the same for everybody',
	credit_conversions: 'the credit register, the same for everybody',
	stacks: 'the catalogue, the same for everybody',
	stack_versions: 'the catalogue, the same for everybody',
	stack_items: 'the catalogue, the same for everybody',
	stack_outcomes: 'the catalogue; the words of what you were granted stand in programs/granted.json'
};

/** The first file that somebody opens. */
export const readme = (name: string, at: Date): string =>
	`This is a copy of what Wayfellow holds of ${name}, made on ${at.toISOString().slice(0, 10)}.

It is yours. Nothing in it needs Wayfellow to be read: texts are Markdown, web pages and
JSON; lists are JSON, which any program for tables or a text editor opens.

reflections/   Every reflection that you may read, three times over: as Markdown (.md) to go on
               writing, as a web page (.html) to read and print, and as JSON (.json) for
               programs. Each says who wrote which words. list.json lists them all;
               sharing.json says who could see them when, passages.json what your coach was
               shown, versions.json what has a name or was frozen to hand in, letter by letter,
               looks.json how far you had read, earlier.json what you showed a new mentor, and
               beside-another.json why a second one was begun beside another.
meetings/      When you met and for how long, with agenda, notes and what was agreed; check-ins
               and what the coach may see of each; your timetable, and your calendars without
               their addresses, which are keys.
cohorts/       Every post of yours, as it was written each time, with and without a name, in cohorts
               that you have left too, with the pictures and papers that you added (files/); who
               looked whose a question without a name was; what you chose to hear and how far you
               have read; what you reported, what moderators did, and from which cohort to which
               you were moved.
programs/      Your roles, enrollments, pauses and plans, pairs and how they went, caseloads with
               your notes on them, the invitations that you accepted, last days that were
               moved, what you were granted for a complete stack, with what it rests on, what
               you teach as the program entered it, and as
               a mentor the anchor submissions that you scored and the hours that you teach.
work/          What you handed in, and what you earned.
account/       Your name and addresses, your settings and times, what you were told and how
               you want to be told, your devices, passkeys (their
               names only) and linked accounts, and the record of what was done to your rights
               and data.
manifest.json  Every file of this copy with its SHA-256, so that you can show it is whole.

What is not in it:
- What others said in your cohorts, and what they added to it.
- Words that you may not read, or no longer. A mentor keeps those of a pair that completed
  what it set out to do, and that were shared; a teacher keeps all of theirs.
- Secrets: of your sessions and passkeys only what helps you to recognise them.
- The single keystrokes behind a text, and what you two took back again.
- Whatever belongs to everybody alike, such as the catalogue of microcredentials.
- Anybody else’s data. Nobody can take a copy of another person’s data, whatever their role.

The words in a reflection are yours and your partner’s. Please treat your partner’s as you
would want yours to be treated.
`;

/** Consecutive words by one author. */
export type By = { author: string; text: string };

/** Joins what one author wrote in a row. Runs of different places in the text stand on lines of their own. */
export function joined(runs: { author: string; text: string; path: readonly (string | number)[] }[]): By[] {
	const all: (By & { path: string })[] = [];
	for (const run of runs) {
		const path = run.path.slice(0, 1).join();
		const last = all.at(-1);
		if (last?.author === run.author) {
			last.text += last.path === path ? run.text : `\n${run.text}`;
			last.path = path;
		} else all.push({ author: run.author, text: run.text, path });
	}
	return all.map(({ author, text }) => ({ author, text }));
}

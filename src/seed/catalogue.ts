/** The catalogue of the cast: real frameworks, and eighteen microcredentials of our own (see data/SOURCE.md). */
import { readCasePackage } from '#lib/catalogue/case.ts';
import { readMicrocredential } from '#lib/catalogue/microcredential.ts';
import floridaFeaps from './data/frameworks/florida-feaps.case-v1p1.json' with { type: 'json' };
import intascOutline from './data/frameworks/intasc-outline.case-v1p1.json' with { type: 'json' };
import brainstorming from './data/microcredentials/brainstorming.json' with { type: 'json' };
import checkingUnderstanding from './data/microcredentials/checking-understanding.json' with { type: 'json' };
import clearGoals from './data/microcredentials/clear-goals.json' with { type: 'json' };
import designThinking from './data/microcredentials/design-thinking.json' with { type: 'json' };
import exitNotes from './data/microcredentials/exit-notes.json' with { type: 'json' };
import feedbackLoop from './data/microcredentials/feedback-loop.json' with { type: 'json' };
import firstCallHome from './data/microcredentials/first-call-home.json' with { type: 'json' };
import firstMinutes from './data/microcredentials/first-minutes.json' with { type: 'json' };
import firstRoutines from './data/microcredentials/first-routines.json' with { type: 'json' };
import growthMindset from './data/microcredentials/growth-mindset.json' with { type: 'json' };
import openQuestions from './data/microcredentials/open-questions.json' with { type: 'json' };
import peerObservation from './data/microcredentials/peer-observation.json' with { type: 'json' };
import talkPartners from './data/microcredentials/talk-partners.json' with { type: 'json' };
import thinkingAloud from './data/microcredentials/thinking-aloud.json' with { type: 'json' };
import twoWaysIn from './data/microcredentials/two-ways-in.json' with { type: 'json' };
import waitTime from './data/microcredentials/wait-time.json' with { type: 'json' };
import wordsThatOpen from './data/microcredentials/words-that-open.json' with { type: 'json' };
import wrongAnswers from './data/microcredentials/wrong-answers.json' with { type: 'json' };
import timeToThink from './data/microcredentials-of-others/time-to-think.json' with { type: 'json' };
import type { MicrocredentialKey } from './cast.ts';

/** By the short keys that our microcredential files use in their alignments. */
export const frameworkFiles = { 'florida-feaps': floridaFeaps, 'intasc-outline': intascOutline };

export const microcredentialFiles: Record<MicrocredentialKey, unknown> = {
	firstRoutines,
	waitTime,
	feedbackLoop,
	brainstorming,
	designThinking,
	openQuestions,
	checkingUnderstanding,
	talkPartners,
	clearGoals,
	thinkingAloud,
	firstMinutes,
	wrongAnswers,
	firstCallHome,
	twoWaysIn,
	exitNotes,
	growthMindset,
	peerObservation,
	wordsThatOpen
};

export const readFrameworks = () => Object.values(frameworkFiles).map((file) => readCasePackage(file));

export const readMicrocredentials = () =>
	(Object.keys(microcredentialFiles) as MicrocredentialKey[]).map((key) => ({
		key,
		description: readMicrocredential(microcredentialFiles[key])
	}));

/** Another issuer's, for a competency that ours have one for too. */
export const readTimeToThink = () => readMicrocredential(timeToThink);

export const caseIdOf: Record<string, string> = Object.fromEntries(
	Object.entries(frameworkFiles).map(([key, file]) => [key, file.CFDocument.identifier])
);

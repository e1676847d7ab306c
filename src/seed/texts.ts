/** What the pairs of the cast wrote: invented, specific, and never about a real child. Names of students are left out. */
import type { ReflectionKey } from './cast.ts';
import { days, minutes, type Moment } from './moments.ts';
import type { Turn } from './writing.ts';

const teacher = (at: Moment, words: string, after?: string): Turn => ({ by: 'teacher', at, words, after });
const mentor = (at: Moment, words: string, after?: string): Turn => ({ by: 'mentor', at, words, after });

/** No entry: the reflection was begun and nothing is written yet. */
export const texts: Partial<Record<ReflectionKey, Turn[]>> = {
	rosaFirst: [
		teacher(
			days(84, '15:50'),
			`## The three routines

			- Coming in: coat, bag, chair, book
			- Handing out: one helper per table, no talking needed
			- Leaving: table by table, when the table is clean

			Coming in cost me eleven minutes on the first Monday of October. I know because I looked at the clock to see whether I could still do the warm-up, and I could not.`
		),
		mentor(
			days(82, '07:40'),
			`I stood in the hallway on Wednesday. What I saw: twenty-two children waiting to be told the same thing, one after the other. They are not slow. **They are waiting for you.**`
		),
		teacher(
			days(74, '16:05'),
			`So I stopped telling. I modelled it twice, badly on purpose the second time, and they loved correcting me. Then they rehearsed it without bags, then with bags, then with the lights off because somebody asked.

			By the end of the second week it took four minutes. The log says 11, 9, 9, 6, 7, 5, 4, 4, 5, 4.`
		),
		mentor(days(73, '07:35'), ` (Friday's 5 was the fire drill; leave it in, it is honest.)`, '5, 4, 4, 5, 4.'),
		teacher(
			days(55, '15:55'),
			`## What I would tell next year's first-year teacher

			Choose three. I began with nine and had none. And hand them over for real: the day I was at the dentist, the sub wrote “they ran it, I watched”.`
		),
		// What they said about it: one comment resolved, one answered, one open.
		{
			by: 'mentor',
			at: days(54, '07:30'),
			comments: 'cast1',
			on: 'eleven minutes',
			says: `From the bell, or from the door?`
		},
		{
			by: 'mentor',
			at: days(54, '07:38'),
			comments: 'cast2',
			on: 'badly on purpose the second time',
			says: `This is the part I would like another teacher to read. What did you do badly?`
		},
		{ by: 'teacher', at: days(53, '15:50'), answers: 'cast1', says: `From the bell. I wrote it into the log now.` },
		{
			by: 'teacher',
			at: days(53, '15:58'),
			answers: 'cast2',
			says: `I dropped my bag in the doorway and asked somebody for a pencil. They were outraged.`
		},
		{ by: 'mentor', at: days(52, '07:35'), resolves: 'cast1' },
		{
			by: 'teacher',
			at: days(51, '16:10'),
			comments: 'cast3',
			on: 'they ran it, I watched',
			says: `Do you think I may quote the sub? I have not asked her yet.`
		}
	],
	rosaSecond: [
		teacher(
			days(13, '15:55'),
			`Tuesday, second period, grade 3. I asked how a seed knows which way is up and counted to five in my head. It felt like a year.

			Three hands went up in the back row, which never happens.`
		),
		mentor(days(12, '07:42'), `The back row is the story. Who were the three? What did they say?`),
		teacher(
			days(8, '16:20'),
			`## First recording

			Nine questions in ten minutes, and I answered four of them myself. Apart from the seed, my longest pause is 1.2 seconds. I had been sure that I wait.`
		),
		mentor(
			days(7, '07:45'),
			`I listened too. After *most* questions the same two children answer, and they answer fast because they have learnt that fast is what works. **The wait is not for them.**`
		),
		teacher(
			days(4, '15:40'),
			`## Second try

			Three questions only, written on a card:

			1. How does a seed know which way is up?
			2. What would happen to a bean on the space station?
			3. How could we find out?

			I put my hand flat on the desk after each one so that I would not fill the silence.`
		),
		mentor(
			days(2, '07:50'),
			` The hand is a good idea: they could see it, and after a while they watched it and not you.`,
			'fill the silence.'
		),
		teacher(
			days(1, '16:12'),
			`The three in the back row sit by the radiator and never look up. One of them said “maybe the seed can feel heavy”. I had no plan for that, so I asked what heavy would feel like to a seed, and counted again. It is quieter than I thought a class could be, but`
		)
	],
	benOnly: [
		teacher(
			days(70, '16:10'),
			`Algebra I, fourth hour. My questions end in “right?”, so there is nothing left to think about. I crossed out every “right?” in my notes and found eleven.`
		),
		mentor(days(68, '17:05'), `And what is in its place? A question, or a shorter statement?`),
		teacher(
			days(52, '16:30'),
			`Mostly a question now. “Which of these two lines gets there first, and how can you be sure?” Then I look at the clock on the wall, because if I look at them they think they are in trouble.

			Pauses on the first recording: **2 of 12**. On the second: **9 of 11**.`
		),
		mentor(
			days(44, '17:00'),
			`Listen at 6:40. You wait, nobody speaks, and you wait *again*. That second wait is the whole microcredential.`
		),
		teacher(
			days(36, '16:45'),
			`What we saw together and I had not seen alone: the students near the window answer when I stand at the window. I had thought that they were the quick ones. I have been teaching to wherever I stand.`
		)
	],
	lenaOld: [
		teacher(days(66, '15:40'), `Lining up takes long and I end up loud. I want a line that makes itself.`),
		mentor(
			days(45, '18:20'),
			`Sorry for the gap, middle school is on another bell. Have you tried numbers on the floor?`
		),
		teacher(
			days(33, '15:50'),
			`Tape came off after two days. I think the line is not the problem. I think it is that I am always the one who starts it.`
		)
	],
	lenaNew: [
		teacher(
			days(14, '16:00'),
			`Starting again with what I kept from the first try: **they wait for me to start everything.**

			- Morning: I say “good morning” four times
			- Snack: I open every packet
			- End of day: I pack five bags`
		),
		mentor(
			days(9, '07:55'),
			`Thank you for letting me begin where you are and not at the beginning. Which of the three would you be happiest never to do again?`
		),
		teacher(days(9, '16:10'), ` (The packets. It is the packets.)`, 'I open every packet'),
		teacher(
			days(3, '15:45'),
			`Snack, day six. Two children are “openers” for the week and wear a clothespin. I sat down with a cup of tea for four whole minutes. Somebody asked if I was sick.`
		)
	],
	samOnly: [
		teacher(
			days(27, '16:25'),
			`Biology, thirty students, and I know what about eight of them think. The hinge of the lesson on osmosis is *which side the water moves to*. If that is wrong, the next two weeks are vocabulary.`
		),
		mentor(
			days(20, '16:50'),
			`Good hinge. Now the wrong answers: what would somebody choose who thinks salt pulls? Who thinks water likes to be even?`
		),
		teacher(
			days(6, '16:15'),
			`Cards A to D, all up at once. Nine As, fourteen Bs, six Cs, one D held upside down. The six Cs believe that salt moves. I split the class for ten minutes and did the potato with the Cs again.`
		),
		mentor(days(4, '17:10'), `You decided inside the lesson. Write down the minute at which you knew.`),
		// What Grace would change, for Sam to decide.
		{
			by: 'mentor',
			at: days(4, '17:14'),
			suggests: `are sure that salt is what moves`,
			insteadOf: `believe that salt moves`
		},
		{ by: 'mentor', at: days(4, '17:16'), suggests: `, two of them quickly`, behind: `fourteen Bs` }
	],
	samAlone: [
		teacher(
			days(5, '19:45'),
			`I wrote that I decided inside the lesson. I did not. I decided at the copier the evening before, because last year's class had the same six.`
		),
		teacher(days(5, '19:58'), `So is it still a decision if I had the potatoes in my bag?`)
	],
	tomasFeedback: [
		teacher(
			days(33, '15:30'),
			`Persuasive letters, grade 5. I used to write nine comments on a page. Nobody has ever told me what they did with the seventh.`
		),
		mentor(
			days(30, '07:30'),
			`One point, one next step, and time in class to use it. The time is the part that everyone drops.`
		),
		teacher(
			days(19, '15:45'),
			`Wednesday is now “mend it” time, fifteen minutes, pencils only. The letter about longer recess went from four reasons to two reasons with proof. He said the comment felt like a question he could answer.`
		),
		mentor(
			days(12, '07:35'),
			`Look again next week at the same three students. Uptake that lasts a week is what assessors look for.`
		),
		teacher(
			days(6, '16:50'),
			`Looked again. Two of three still give proof without being asked. The third gives proof for *everything*, including that he is hungry.`
		)
	],
	amaraQuestions: [
		teacher(
			days(26, '16:05'),
			`Social studies, grade 4. If I know the answer before I ask, the class can hear it in my voice.`
		),
		mentor(
			days(22, '07:45'),
			`Then ask three to which you have no answer. You are allowed not to know why the town moved across the river.`
		),
		teacher(
			days(12, '15:50'),
			`> Who would have had to agree before a whole town could move?

			Somebody said “the people who were already there”, and the lesson I had planned was over, and a better one began.`
		),
		teacher(
			days(3, '16:30'),
			`The question that failed: “What is fair?” Too big for a Thursday. Next time I would ask who got to decide.`
		)
	],
	jordanGoals: [
		teacher(
			days(9, '16:35'),
			`My old goal: “Make a poster about the water cycle.” Six students, asked what they were learning: “posters” (4), “water” (1), “I don't know, is it posters?” (1).`
		),
		mentor(days(6, '12:10'), `Say it without the activity.`),
		teacher(
			days(5, '16:20'),
			`“I can explain where a puddle goes.” Shorter than I thought, and I needed half the lesson I had planned.`
		),
		teacher(
			minutes(95),
			`Asked six again today. Five could say it, and two said how they would know: “If I can tell my brother.”`
		),
		mentor(minutes(40), `“If I can tell my brother” belongs on the wall. Did the sixth say something useful?`)
	],
	priyaWait: [
		teacher(
			days(38, '15:20'),
			`Period five, after lunch, 31 students. Three seconds in that room is long enough for somebody to fall off a chair.`
		),
		mentor(
			days(30, '16:40'),
			`It is also long enough for somebody to think. Try it on one question only, the last one.`
		),
		teacher(days(16, '15:35'), `One question, the last one. Nobody fell. Two hands, then five. I asked the fifth.`)
	],
	luisFeedback: [
		mentor(
			days(30, '15:45'),
			`Luis, I put the microcredential's question here so that the page is not so empty: *Which work, and what do you want students to be able to do?* The lab reports might be it.`
		),
		mentor(
			days(17, '16:00'),
			`I read the three reports you left on my desk. The conclusions are where they all stop. One next step each, and I can sit with your second period while you give time to use it.`
		),
		mentor(
			days(4, '15:50'),
			`No hurry from my side. Two sentences on Thursday in the copy room would do, and I will type.`
		)
	],
	aiyanaPartners: [
		teacher(days(29, '15:45'), `Partner talk in my room: two people taking turns to wait.`),
		mentor(days(19, '16:20'), `That is a very good first sentence. What would you hear if it went well?`),
		teacher(
			days(11, '15:55'),
			`“She thinks that the wolf is not bad, he is hungry.” She gave back what her partner meant, and then said that she disagreed. I asked for the partner's idea and not for their own, that is all I did.`
		)
	],
	calebMinutes: [
		teacher(days(44, '16:20'), `Minutes until all are at work: 9, 8, 11, 7, 9. The coats are three of them.`),
		mentor(days(35, '07:20'), `Hooks by table and not by alphabet?`),
		teacher(
			days(14, '16:00'),
			`Hooks by table: 6, 5, 5. The last lesson before I go. I will be back in January and I want to find these numbers here.`
		)
	],
	fatimaExit: [
		teacher(
			days(60, '17:05'),
			`Three piles: *has it*, *has the steps and not the reason*, *was somewhere else*. The middle one is the tallest, and I never knew that there was a middle one.`
		),
		mentor(days(52, '16:30'), `The middle pile is tomorrow's first ten minutes.`),
		teacher(
			days(41, '17:00'),
			`I told them: “Eleven of you wrote the steps and not the reason, so we begin with the reason.” They looked at each other. They like being read.`
		),
		teacher(
			days(5, '16:45'),
			`Back at it with Samuel. New question on Friday: which sentence of the text did you not believe?`
		)
	],
	owenRoutines: [
		teacher(
			days(41, '15:35'),
			`Tidy-up: 8 minutes of me walking about with a bin. I play the ukulele a little. I wondered whether a song could do the walking.`
		),
		mentor(
			days(36, '07:50'),
			`Only if they know what done looks like at the last chord. Take a photograph of a clean table and tape it there.`
		),
		teacher(
			days(20, '15:40'),
			`Photograph on every table, one song, 1:50 long. Log: 8, 6, 4, 2, 2, 3, 2, 2. The 3 was indoor recess.`
		),
		mentor(days(8, '07:45'), `And on the day the ukulele stayed at home?`),
		teacher(days(1, '16:50'), `They sang it. Without me. I stood there with nothing to do, which I think is the point.`)
	],
	thuyWrong: [
		teacher(
			days(45, '15:50'),
			`Half plus a third is two fifths: fourteen of twenty-four. It is not careless. Adding tops and adding bottoms *works* for goals in soccer.`
		),
		mentor(
			days(39, '17:15'),
			`So when does it work? Let them find out where the idea is right before you show where it breaks.`
		),
		teacher(
			days(24, '16:00'),
			`Two games, one goal of two shots, one goal of three shots: two of five, and they are right. Then the same with a chocolate bar. Silence, and then “oh, it is the *same* bar”.`
		),
		teacher(
			days(12, '16:20'),
			`Afterwards somebody said “that was a good wrong answer” to a neighbour. I did not teach them that sentence.`
		)
	],
	malikWait: [
		teacher(
			days(48, '16:10'),
			`Seventh grade hears silence as a trap. Somebody always makes a noise to rescue us all.`
		),
		mentor(days(41, '16:45'), `Tell them why you wait. It does not have to be a secret.`),
		teacher(days(20, '16:20'), `Told them. They timed me. I say that I wait five seconds, and they say 2.8.`),
		teacher(
			days(1, '16:35'),
			`## After “not yet”

			Only one row fell short: *change over time*. Counts are there, the reason is not. I think the reason is that the timekeeper became the person who did not have to answer, so I gave the job to the one who always rescues us.`
		),
		mentor(days(1, '20:10'), ` That is a finding. It is worth a paragraph of its own.`, 'rescues us.')
	],
	sofiaFeedback: [
		teacher(days(52, '16:00'), `I left the marks off for two weeks. Two parents wrote to me, one of them kindly.`),
		mentor(days(47, '07:55'), `And the children?`),
		teacher(
			days(38, '15:45'),
			`Asked what they had to mend. Most of them could say it. One asked for the mark at the end of the week and, when I gave it, said “I knew”.`
		),
		mentor(
			days(31, '07:50'),
			`Put the three samples side by side before you hand in: the change has to be seen without you.`
		),
		teacher(days(25, '16:30'), `Done, I think. Two of the three show it well.`)
	],
	emekaCall: [
		teacher(
			days(55, '17:15'),
			`Five families, one question: *What does your child do at home that I would not guess?*`
		),
		mentor(
			days(50, '12:15'),
			`Begin with something good, and ask when it suits them. One of my best calls was at 6:40 in the morning.`
		),
		teacher(
			days(21, '17:30'),
			`He repairs bicycles with his uncle. He has been doing ratios for two years and I have been teaching him ratios as if they were new.`
		),
		teacher(
			days(3, '16:10'),
			`Changed because of a call: gear wheels in unit 4. He explained it to the table, and I wrote down his words for the next class.`
		)
	],
	harperIdeas: [
		teacher(
			days(35, '15:55'),
			`How could paper hold a book? Two minutes of quiet writing first, then everything on the wall. Sixty-one notes from twenty-six students, and one said only “ask the spider”.`
		),
		mentor(days(28, '16:35'), `Who wrote that one? And who would have laughed at it with hands up?`),
		teacher(
			days(11, '16:00'),
			`A student who had not spoken since September. Her table built the web. It held four books. Nobody laughed, because nobody knew whose it was until it worked.`
		)
	],
	danielaWays: [
		teacher(
			days(18, '15:40'),
			`Goal: explain why a remainder can't be bigger than the divisor. Who can't begin: the five who freeze at the long-division sign.`
		),
		mentor(days(13, '07:40'), `Same check for both roads? Then the blocks are not the easy road, only another one.`),
		teacher(
			days(6, '15:50'),
			`Sixteen chose numbers, eleven chose blocks. Four of the eleven were not on my list, and one is the fastest in the class. She said “I can do it, I want to see it”.`
		),
		mentor(days(2, '07:45'), `That sentence is your part three.`),
		teacher(
			minutes(50),
			`Today's check: same three questions for everyone. Blocks 10 of 11, numbers 13 of 16. Next road: a drawing.`
		)
	],
	kenjiAloud: [
		teacher(days(50, '15:25'), `I tried to think aloud and found that I recite. There was no doubt in it at all.`),
		mentor(days(43, '16:10'), `Choose a problem you have not solved yet. Let them watch you be lost for a minute.`),
		teacher(
			days(31, '15:40'),
			`Lost for a minute. It was real: I had the wrong unit. Somebody in the third row saw it before I did, and I have rarely been so glad to be wrong.`
		)
	],
	leilaniChecking: [
		teacher(
			days(24, '16:05'),
			`Whiteboards up on three. I can see twenty-five answers at once and my eyes go to the four I expect.`
		),
		teacher(
			days(16, '16:15'),
			`Now I read from the back left corner, always. Seven had the place value wrong, and two of them are children I have never worried about.`
		),
		teacher(days(8, '16:00'), `Question for you, Samuel: when seven of twenty-five are wrong, do you stop everybody?`)
	],
	meiDesign: [
		teacher(
			days(21, '16:15'),
			`The person: Mr. Alvarez, who carries the lunch trays and has one hand free for the door. Questions the students will ask him: What slips? When do you stop? What have you tried?`
		),
		mentor(days(15, '07:35'), `“What have you tried?” is the one I would not have thought of.`),
		teacher(days(6, '16:00'), `Four rough trays of cardboard. He tried all four and was very honest about number two.`),
		mentor(days(3, '07:40'), `Write down what he said as he said it. The need has to be in his words.`),
		teacher(
			days(2, '15:50'),
			`> I don't need it to look nice. I need it to forgive me.

			That is the need in one sentence. The mended tray has a lip on one side.`
		)
	],
	davidLast: [
		teacher(
			days(20, '15:35'),
			`Three words that the lesson stands on: *erosion*, *deposit*, *bank*. Two of them mean money to half of the class.`
		),
		mentor(days(14, '16:20'), `Let them keep both meanings. What is a deposit to a river?`),
		teacher(
			days(4, '16:10'),
			`“The river saves sand for later.” Five meetings with each word, and the fifth was a grandmother's, in Portuguese. Seventeen done, and this one is the one I will remember.`
		)
	]
};

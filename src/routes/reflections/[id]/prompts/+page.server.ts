import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readPromptChanges } from '#lib/reflection/prompts.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) => readPromptChanges(db(), signedIn(locals), params.id);

import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { draftFrom } from '#lib/catalogue/drafting.ts';
import { readDraft, saveDraft, throwAway } from '#lib/catalogue/editing.server.ts';
import { missing } from '#lib/catalogue/drafting.ts';
import { Refusal } from '#lib/errors.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { isId } from '#lib/server/id.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const draft = await readDraft(db(), await requirePasskey(locals, db()), params.draft);
	const apart = url.searchParams.get('apart');
	const did = url.searchParams.get('did');
	return {
		...draft,
		missing: missing(draft.body),
		apart: apart && isId(apart) ? apart : null,
		did: (['saved', 'removed', 'undone', 'no-statement'] as const).find((one) => one === did) ?? null
	};
};

async function asked(event: RequestEvent) {
	const person = await requirePasskey(event.locals, db());
	const by = { person, proof: event.locals.session, whence: whenceOf(event) };
	return { by, form: await formOf(event.request) };
}
const text = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === 'string' ? value : '';
};

export const actions: Actions = {
	save: async (event) => {
		const { by, form } = await asked(event);
		const act = text(form, 'do');
		const revision = Number(text(form, 'revision'));
		const save = async () => {
			const body = draftFrom(form);
			if (!Number.isInteger(revision) || !form.has('parts'))
				throw new Refusal('rule', 'This form did not arrive whole. Please go back and send it again.');
			const find = { framework: text(form, 'findFramework'), code: text(form, 'findCode') };
			const order = act === '' || act === 'preview' ? null : act;
			return saveDraft(db(), by, event.params.draft, { revision, body, act: order, find });
		};
		const saved = await answer(save());
		// What was typed stands on the page again, so that nothing of it is lost by a refusal.
		if (isRefused(saved)) return fail(saved.status, { ...saved.data, typed: typedOf(form) });
		const { id, apart, at, undoable, note } = saved;
		if (act === 'preview' && !apart) redirect(303, resolve('/catalogue/edit/[draft]/preview', { draft: id }));
		const did = note ?? (undoable ? 'removed' : act === 'undo' ? 'undone' : 'saved');
		const also = apart ? `&apart=${event.params.draft}` : '';
		redirect(303, `${resolve('/catalogue/edit/[draft]', { draft: id })}?did=${did}${also}${at ? `#${at}` : ''}`);
	},
	away: async (event) => {
		const { by, form } = await asked(event);
		const gone = await answer(throwAway(db(), by, event.params.draft, form.has('sure')).then(() => ({ gone: true })));
		if (isRefused(gone)) return gone;
		redirect(303, `${resolve('/catalogue/edit')}?did=gone`);
	}
};

/** What was typed, where it can be read at all. */
function typedOf(form: FormData) {
	try {
		return draftFrom(form);
	} catch {
		return null;
	}
}

import { caseResponse, serveDocuments } from '#lib/catalogue/case-serving.server.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url, request }) =>
	caseResponse(await serveDocuments(db(), ownOrigin(url), url.searchParams), request);

import { caseResponse, servePackage } from '#lib/catalogue/case-serving.server.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, url, request }) =>
	caseResponse(await servePackage(db(), ownOrigin(url), params.id), request);

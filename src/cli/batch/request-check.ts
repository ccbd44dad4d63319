import {statSync} from 'node:fs';
import path from 'node:path';
import type {Value, Values} from '../../lib/batch/manifest.js';
import type {CheckedRequest, RequestCheck} from '../../lib/batch/request-check.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {TaskTypeDefinition} from '../../lib/task-types/definition.js';
import type {RequestBody} from '../../lib/task-types/facts.js';
import {type TaskRequests, taskTypes} from '../../lib/task-types/index.js';
import {prepareRequest} from '../../lib/task-types/prepare.js';
import {estimateUnits, typicalSeconds} from '../../lib/task-types/prices.js';
import {maxPromptLength} from '../../lib/task-types/prompt-length.js';
import type {ApiAccess} from '../../lib/task-types/standard.js';
import {checkBeforeSending} from '../../lib/task-types/validate.js';
import {picturesOf} from '../../lib/tasks/request-facts.js';
import type {Session} from '../../lib/tasks/task-context.js';
import {nearest} from '../errors/suggest.js';
import {factsOf} from '../flags/facts.js';
import type {RequestBuilder, RequestSources} from '../requests/builder.js';
import {requestBuilders, requestTypes} from '../requests/index.js';
import {parseRequest} from '../requests/parse-request.js';
import {provisionalPrice} from '../requests/provisional-price.js';
import {firstColumnsOf, splitFirst} from './first-columns.js';

type RequestType = keyof TaskRequests;

const builderOf = (type: string): RequestBuilder | undefined =>
	(requestBuilders as Readonly<Record<string, unknown>>)[type] as RequestBuilder | undefined;

const kebab = (name: string) => name.replaceAll('_', '-');

/** Whether a flag names a file, as stated in its help. */
const namesFile = (flag: RequestBuilder['flags'][string] | undefined) =>
	flag?.type === 'option' && /\bFILE\b/.test(String(flag.helpValue ?? ''));

const isAddress = (text: string) => /^(https?|data):/i.test(text);

type AssetId = RequestSources['assetId'];

/** Looks up the ids of elements and voices by name, each only once. */
function assetIdsOf(session: Session): AssetId {
	const found = new Map<string, Promise<string>>();
	return (kind, name) => {
		const key = `${kind} ${name.trim()}`;
		const id =
			found.get(key) ??
			import('../../lib/assets/find.js').then(({findAssetId}) => findAssetId(session, kind, name));
		found.set(key, id);
		return id;
	};
}

/**
 * Checks the rows of a manifest with the same definitions that the commands use to parse their arguments.
 * @param session looks up elements and voices by name. Without it, only ids are accepted.
 */
export const requestCheckFor = (session: Session | undefined): RequestCheck =>
	checkWith(session && assetIdsOf(session), session?.api);

const checkWith = (assetId: AssetId | undefined, api: ApiAccess | undefined): RequestCheck => ({
	types: requestTypes,
	columnsOf(type) {
		const {args = {}, flags = {}} = builderOf(type) ?? {};
		return [...new Set([...Object.keys(args), ...Object.keys(flags), ...firstColumnsOf(type)].map(kebab))];
	},
	nearest,
	async check(name, given, folder): Promise<CheckedRequest> {
		const type = typeOf(name);
		const {values, first} = await splitFirst(type, given);
		const request = await parseRequest(
			type,
			forCommand(builderOf(type), values, folder),
			assetId && {assetId},
		);
		const definition = taskTypes[type] as unknown as TaskTypeDefinition & {
			write: {v1(of: typeof request): RequestBody};
		};
		const body = definition.write.v1(request);
		const {allowUnknownModel = false, inputSeconds} = request as {
			allowUnknownModel?: boolean | undefined;
			inputSeconds?: number | undefined;
		};
		const warnings = checkBeforeSending(definition, body, {
			allowUnknownModel,
			maxPromptLength: api && (await maxPromptLength(definition, body, () => api)),
		});
		// Finds what this account's standard lacks before anything is paid for.
		if (api) prepareRequest(definition, body, request, api);
		const open = provisionalPrice(definition, request, first, given);
		const model = typeof body.model_name === 'string' ? body.model_name : undefined;
		return {
			prepare: (api) => ({...prepareRequest(definition, body, request, api), inputSeconds}),
			body,
			model,
			units: open ? open.units : estimateUnits(definition, body, inputSeconds),
			...(first && {first: {...first, unitsFor: open?.unitsFor}}),
			pack: definition.pack,
			seconds: typicalSeconds(definition, model),
			pictures: picturesOf(body),
			warnings: open ? [...warnings, open.warning] : warnings,
		};
	},
});

/** Accepts elements and voices only by id. */
export const requestCheck: RequestCheck = requestCheckFor(undefined);

function typeOf(name: string): RequestType {
	const type = requestTypes.find((known) => known === name);
	if (type) return type;
	throw new KlingError('invalid_type', `There is no type ${name}: ${requestTypes.join(', ')}`);
}

/**
 * Converts values to a command's form: file names become relative to the manifest, and each line of a cell is
 * a value.
 */
function forCommand(
	builder: RequestBuilder | undefined,
	values: Values,
	folder: string,
): Record<string, Value> {
	return Object.fromEntries(
		Object.entries(values).map(([column, value]) => {
			const flag = builder?.flags[column];
			const isList = flag?.type === 'option' && flag.multiple;
			const texts =
				typeof value === 'string' && isList
					? value.split(/\n| \| /).map((text) => text.trim())
					: plainNumber(flag, value);
			if (!namesFile(flag)) return [column, texts];
			const absolute = (text: string) =>
				text === '' || isAddress(text) ? text : existingFile(path.resolve(folder, text), `--${column}`);
			return [column, typeof texts === 'string' ? absolute(texts) : texts.map(absolute)];
		}),
	);
}

/** Spreadsheets write 0.5 as 0,5 in many countries, and 5 as 5.0 in a column with decimals. */
function plainNumber(flag: RequestBuilder['flags'][string] | undefined, value: Value): Value {
	const {type} = ((flag && factsOf(flag).schema) as {type?: unknown}) ?? {};
	if (typeof value !== 'string' || (type !== 'number' && type !== 'integer')) return value;
	const number = value.replace(/^(\d+),(\d{1,2})$/, '$1.$2');
	return type === 'integer' ? number.replace(/^(\d+)\.0{1,2}$/, '$1') : number;
}

/**
 * Checks a path. Pipes and devices are refused, because another person's manifest could make you wait for one
 * forever.
 */
function existingFile(file: string, flag: string): string {
	const stats = statSync(file, {throwIfNoEntry: false});
	if (stats === undefined || stats.isFile() || stats.isDirectory()) return file;
	throw new KlingError('read_error', `${flag}: cannot read ${file}: it is not a regular file`, {path: file});
}

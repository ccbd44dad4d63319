import {invalid} from '../rules/fields.js';
import {type Body, given, isObject, text} from '../rules/read.js';

/** The items of `contents` with a given type. */
export const itemsOf = (contents: readonly Body[], ...types: readonly string[]): readonly Body[] =>
	contents.filter(({type}) => types.includes(String(type)));

export const hasItem = (contents: readonly Body[], ...types: readonly string[]): boolean =>
	itemsOf(contents, ...types).length > 0;

export const contentsOf = (body: Body): readonly Body[] =>
	Array.isArray(body.contents) ? body.contents.filter(isObject) : [];

const videoTypes = ['video', 'feature_video', 'base_video'];

/** What an item must have. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
	prompt: ['text'],
	element: ['element_id', 'id'],
	voice: ['voice_id', 'id'],
};

function itemFlaw(item: Body, at: string): string | undefined {
	const missing = (keysOf[String(item.type)] ?? ['url']).find((key) => !given(item, key));
	if (missing !== undefined) return `${at}.${missing} cannot be empty`;
	const needsAddress = videoTypes.includes(String(item.type));
	return needsAddress && !/^https?:\/\//.test(String(item.url)) ? invalid(`${at}.url`, item.url) : undefined;
}

/** Names that a prompt refers to with `@`: each unique, and none contained in another. */
function nameFlaw(contents: readonly Body[]): string | undefined {
	const names = contents.map((item) => text(item, 'id')).filter((name) => name !== undefined);
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated !== undefined) return `contents id '${repeated}' is duplicated`;
	const inside = names.find((name) => names.some((other) => other !== name && other.includes(name)));
	return inside === undefined ? undefined : `contents id '${inside}' is contained in another id`;
}

/** What is wrong with the items by themselves, worded as Kling would; the message for an empty list was observed. */
export function contentsFlaw(body: Body, allowed: Readonly<Record<string, number>>): string | undefined {
	const contents = contentsOf(body);
	if (contents.length === 0) return 'contents cannot be empty';
	const counts = new Map<string, number>();
	for (const [index, item] of contents.entries()) {
		const type = String(item.type);
		const most = Object.hasOwn(allowed, type) ? allowed[type] : undefined;
		if (most === undefined) return invalid(`contents[${index}].type`, item.type);
		const flaw = itemFlaw(item, `contents[${index}]`);
		if (flaw) return flaw;
		const count = (counts.get(type) ?? 0) + 1;
		if (count > most) return `contents can not hold more than ${most} ${type}`;
		counts.set(type, count);
	}
	return nameFlaw(contents);
}

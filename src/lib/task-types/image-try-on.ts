import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {list, type RequestBody, text} from './facts.js';
import {refuse} from './picture-rules.js';
import type {Rule} from './rules.js';
import type {Optional} from './scene.js';

export interface ImageTryOnRequest
	extends Optional<{
		/** URLs. */
		person: string;
		product: string;
		/** What stays unchanged about the person. Default: true. */
		keepFace: boolean;
		keepPose: boolean;
		keepBackground: boolean;
		watermark: boolean;
	}> {}

/** The URL of an input of a request. */
const addressOf = (body: RequestBody, type: string): string | undefined => {
	const item = list(body, 'contents').find((content) => content.type === type);
	return item && text(item, 'url');
};

const given =
	(type: string, flag: string): Rule =>
	({body}) =>
		addressOf(body, type) === undefined
			? refuse('contents', `${type}-missing`, 'invalid_image', `A picture is missing: add ${flag} URL`)
			: undefined;

/**
 * Puts the clothes from one picture on the person in another, version 3.0 (docs/kling-api.md §21). The price
 * is unknown.
 */
export const imageTryOn = defineTaskType({
	name: 'image-try-on',
	command: ['image', 'try-on'],
	summary: 'a person in other clothes',
	paths: {v1: '/solutions/virtual_try_on', lookup: '/solutions'},
	schema: 'image-try-on',
	formats: ['image'],
	pack: 'image',
	seconds: 19,
	write: {
		v1: ({person, product, keepFace, keepPose, keepBackground, watermark}: ImageTryOnRequest) =>
			definedOnly({
				contents: [
					...(product === undefined ? [] : [{type: 'product_image', url: product}]),
					...(person === undefined ? [] : [{type: 'person_image', url: person}]),
				],
				settings: definedOnly({
					keep_face: keepFace,
					keep_pose: keepPose,
					keep_background: keepBackground,
				}),
				// Other types call it watermark_info.
				...(watermark && {options: {watermark: {enabled: true}}}),
			}),
	},
	rules: [given('person_image', '--person'), given('product_image', '--product')],
	units: () => undefined,
});

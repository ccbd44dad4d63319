import {Flags} from '@oclif/core';
import {imageField, imageFields} from '../../lib/inputs/image.js';
import {limits} from '../../lib/inputs/limits.js';
import {withErrorCode} from '../flags/facts.js';
import {address, limitedText} from '../flags/parsers.js';
import {defineRequest} from './builder.js';

/** Kling's tags for elements (docs/kling-api.md §21). */
const categories: Readonly<Record<string, string>> = {
	hottest: 'o_101',
	character: 'o_102',
	animal: 'o_103',
	item: 'o_104',
	costume: 'o_105',
	scene: 'o_106',
	effect: 'o_107',
	other: 'o_108',
};

export const element = defineRequest({
	type: 'element',
	args: {},
	flags: {
		name: Flags.string({
			helpValue: 'NAME',
			description: `what to call it, at most ${limits.assetName} characters; --element NAME uses it`,
			required: true,
			parse: limitedText('name', limits.assetName),
		}),
		description: Flags.string({
			helpValue: 'TEXT',
			description: `who or what it is, at most ${limits.elementDescription} characters`,
			required: true,
			parse: limitedText('description', limits.elementDescription),
		}),
		image: withErrorCode(
			'invalid_image',
			Flags.string({helpValue: 'FILE|URL', description: 'picture from the front', aliases: ['from']}),
		),
		'ref-image': withErrorCode(
			'invalid_image',
			Flags.string({
				helpValue: 'FILE|URL',
				description: 'another view; 1 to 3 times',
				aliases: ['ref'],
				multiple: true,
				multipleNonGreedy: true,
			}),
		),
		video: Flags.string({
			helpValue: 'URL',
			description:
				'clip of a person, instead of pictures: mp4 or mov, 3-8 s, 1080p, 16:9 or 9:16; its voice is included',
			parse: address('video'),
		}),
		voice: Flags.string({helpValue: 'NAME|ID', description: 'voice that it speaks with'}),
		category: Flags.string({
			description: 'what kind of thing it is; repeat it for several',
			options: Object.keys(categories),
			multiple: true,
			multipleNonGreedy: true,
		}),
	},
	request: async ({flags}, {assetId}) => ({
		name: flags.name,
		description: flags.description,
		image: await imageField(flags.image, '--image'),
		refImages: await imageFields(flags['ref-image'] ?? [], '--ref-image'),
		video: flags.video,
		voiceId: flags.voice === undefined ? undefined : await assetId('voice', flags.voice),
		tags: (flags.category ?? []).map((name) => categories[name] ?? name),
	}),
});

import {imageField} from '../../lib/inputs/image.js';
import {pictureFlag} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const segment = defineRequest({
	type: 'segment',
	args: {},
	flags: {image: pictureFlag('the picture')},
	request: async ({flags: {image}}) => ({image: await imageField(image, '--image')}),
});

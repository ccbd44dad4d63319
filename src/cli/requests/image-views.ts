import {imageField} from '../../lib/inputs/image.js';
import {pictureFlag} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const imageViews = defineRequest({
	type: 'image-views',
	args: {},
	flags: {image: pictureFlag('the subject, from the front')},
	request: async ({flags: {image}}) => ({image: await imageField(image, '--image')}),
});

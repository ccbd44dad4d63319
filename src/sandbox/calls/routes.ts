import type {Routes} from '../route-types.js';
import {deleteElement, deleteVoice} from './delete.js';
import {identifyFaces} from './faces.js';
import {recognize} from './segments.js';
import {addSelection, clearSelection, deleteSelection, initSelection, previewSelection} from './selection.js';
import {speak} from './speech.js';

const marking = '/v1/videos/multi-elements';

/** The calls that return their result at once. */
export const callRoutes: Routes = {
	exact: {
		'/v1/audio/tts': {POST: speak},
		'/v1/videos/identify-face': {POST: identifyFaces},
		'/v1/videos/image-recognize': {POST: recognize},
		[`${marking}/init-selection`]: {POST: initSelection},
		[`${marking}/add-selection`]: {POST: addSelection},
		[`${marking}/delete-selection`]: {POST: deleteSelection},
		[`${marking}/clear-selection`]: {POST: clearSelection},
		[`${marking}/preview-selection`]: {POST: previewSelection},
		'/v1/general/delete-elements': {POST: deleteElement},
		'/v1/general/delete-advanced-elements': {POST: deleteElement},
		'/v1/general/delete-voices': {POST: deleteVoice},
	},
	under: {},
};

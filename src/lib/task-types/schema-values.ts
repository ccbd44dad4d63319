import {cameraAxes, cameraPresets} from '../inputs/camera.js';
import {limits} from '../inputs/limits.js';
import {models, modes} from './models.js';
import {pictureRatios} from './picture-models.js';
import {ratios} from './scene.js';

const durations = [...new Set(Object.values(models).flatMap((model) => model.durations))].sort(
	(a, b) => a - b,
);

/** The values that replace `{"$value": NAME}` in a schema. Only scripts/build-validators.js reads them. */
export const schemaValues = {
	...limits,
	modes: [...modes, null],
	ratios: [...ratios, null],
	pictureRatios: [...pictureRatios, 'auto', null],
	durations: [...durations.map(String), null],
	cameraTypes: ['simple', ...cameraPresets, null],
	cameraAxes: Object.fromEntries(
		cameraAxes.map((axis) => [
			axis,
			{type: ['number', 'null'], minimum: -limits.camera, maximum: limits.camera},
		]),
	),
};

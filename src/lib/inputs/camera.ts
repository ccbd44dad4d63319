import {KlingError} from '../errors/kling-error.js';
import {limits} from './limits.js';

/** The `camera_control` of a request body. */
export interface CameraControl {
	type: string;
	/** The one axis that moves. Presets have none. */
	config?: Readonly<Record<string, number>>;
}

// docs/kling-api.md §6.2
export const cameraAxes = ['horizontal', 'vertical', 'pan', 'tilt', 'roll', 'zoom'] as const;
export const cameraPresets = ['down_back', 'forward_up', 'right_turn_forward', 'left_turn_forward'] as const;
const furthest = limits.camera;

/**
 * Parses a camera move: a preset's name, with underscores or dashes, or one axis such as `zoom=-3`.
 * @throws KlingError `invalid_camera`
 */
export function parseCamera(input: string): CameraControl {
	const bad = (rule: string) => new KlingError('invalid_camera', `--camera '${input}' ${rule}`);
	const text = input.trim().toLowerCase();
	const preset = text.replaceAll('-', '_');
	if (cameraPresets.some((name) => name === preset)) return {type: preset};

	const [axis = '', amount, more] = text.split(/[=,]/).map((part) => part.trim());
	if (amount === undefined) {
		throw bad(`is not one of ${cameraPresets.join(', ')}, nor an axis and its value, such as zoom=-3`);
	}
	if (!cameraAxes.some((name) => name === axis))
		throw bad(`names no axis: use one of ${cameraAxes.join(', ')}`);
	if (more !== undefined) throw bad('moves more than one axis; Kling takes one');
	const value = /^[+-]?(\d+(?:\.\d*)?|\.\d+)$/.test(amount) ? Number(amount) : Number.NaN;
	if (!(Math.abs(value) <= furthest && value !== 0)) {
		throw bad(`needs a value from -${furthest} to ${furthest} that is not 0`);
	}
	return {type: 'simple', config: {[axis]: value}};
}

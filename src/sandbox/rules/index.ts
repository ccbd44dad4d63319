import type {Reply} from '../reply.js';
import type {SandboxType} from '../types.js';
import {judgeImageToVideo, judgeTextToVideo} from './classic.js';
import {judgeAddSound, judgeExtend} from './from-clip.js';
import type {ModelPolicy} from './models.js';
import {judgeOmniVideo} from './omni-video.js';
import {judgePicture} from './pictures.js';
import type {Body} from './read.js';

/** Judges a body as the server does, by its values alone. */
type Judge = (body: Body, policy: ModelPolicy) => Reply | undefined;

/**
 * The server's rules: only what is documented or was observed (docs/kling-api.md). The program's own rules, which
 * also advise, are in lib/task-types and are not asked here.
 */
export const judges: Readonly<Record<SandboxType, Judge>> = {
	create: judgeOmniVideo,
	text2video: judgeTextToVideo,
	image2video: judgeImageToVideo,
	extend: judgeExtend,
	'add-sound': judgeAddSound,
	image: judgePicture,
};

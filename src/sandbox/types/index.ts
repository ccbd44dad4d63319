import {clipTypes} from './clips.js';
import type {ServedType} from './definition.js';
import {motion} from './motion.js';
import type {SandboxType} from './names.js';
import {pictureTypes} from './pictures.js';

/** THE table of what the sandbox serves as tasks: routes, checks, results and costs derive from it. */
export const served: Readonly<Record<SandboxType, ServedType>> = {...clipTypes, ...pictureTypes, motion};

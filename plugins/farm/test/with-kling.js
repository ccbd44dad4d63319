/*
 * Gives the tests the kling-cli whose bin/run.js KLING names: the one that kling links beside a plugin works only inside
 * kling.
 */
import {register} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const run = process.env.KLING ?? path.join(import.meta.dirname, '..', '..', '..', 'bin', 'run.js');
const index = new URL('../dist/index.js', pathToFileURL(run)).href;
const hook = `export const resolve = (name, context, next) =>
	name === 'kling-cli' ? {url: ${JSON.stringify(index)}, shortCircuit: true} : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

import type {Routes} from '../route-types.js';
import {createNewer} from './create.js';
import {type NewerPath, newerModels} from './models.js';
import {getTasks, listTasks} from './tasks.js';

const paths = Object.keys(newerModels) as NewerPath[];

/** The routes of the newer standard (docs/kling-api.md §15). */
export const newerRoutes: Routes = {
	exact: {'/tasks': {GET: getTasks, POST: listTasks}},
	under: Object.fromEntries(paths.map((path) => [`/${path}`, {POST: createNewer(path)}])),
};

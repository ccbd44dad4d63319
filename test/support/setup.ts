import {afterAll} from 'vitest';
import {closeAll} from './after-file.js';
import {exchangeCode} from './shared-code.js';

// Runs for each file, also where files share what they import.
afterAll(closeAll);
afterAll(exchangeCode);

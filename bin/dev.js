#!/usr/bin/env -S npx tsx
// Runs src/ as it is, without a build.
import {settings} from '@oclif/core';
import {main} from '../src/main.ts';

settings.tsnodeEnabled = true;
await main(import.meta.url);

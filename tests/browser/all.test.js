// One demo and one browser for all; the order of the files is the order of the story.

import { after, before } from 'node:test';
import { start, stop } from './world.js';

before(start);
after(stop);

await import('./public.js');
await import('./keyboard.js');
await import('./staff.js');

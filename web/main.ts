/** The page: three scenes, then the playground. */
import { byId } from './html.js';
import { playground } from './playground.js';
import { backlogScene } from './scenes/backlog.js';
import { serverScene } from './scenes/server.js';
import { wholeScene } from './scenes/whole.js';
import { theme } from './theme.js';

theme();
serverScene(byId('scene-server'));
wholeScene(byId('scene-whole'));
backlogScene(byId('scene-backlog'));
playground();

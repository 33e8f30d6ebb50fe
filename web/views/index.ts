/** The charts. Their layout is in views.css. */
export { activityView } from './activity-view.js';
export { costView } from './cost-view.js';
export { histogramView } from './histogram-view.js';
export { rateView } from './rate-view.js';
export type { View } from './view.js';

/**
 * Charts as data, and their pictures. Drawing needs the package vega, which has to be installed beside ratescale.
 * @module ratescale/charts
 */
export { type Axis, type Chart, type Row, rowsOf, type Series } from './chart.js';
export { specificationOf } from './specification.js';
export { svgOf } from './svg.js';

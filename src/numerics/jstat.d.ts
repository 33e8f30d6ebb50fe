/** The part of jStat that is used; the package brings no declarations of its own. */
declare module 'jstat' {
  const jStat: {
    /** Student's t distribution */
    studentt: { inv(probability: number, degreesOfFreedom: number): number };
  };
  // CommonJS: `module.exports` itself, which Node and bundlers hand out as the default export
  export default jStat;
}

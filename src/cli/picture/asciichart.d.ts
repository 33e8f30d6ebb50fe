declare module 'asciichart' {
  export function plot(
    series: readonly (readonly number[])[],
    options?: {
      height?: number;
      offset?: number;
      colors?: readonly (string | undefined)[];
      format?: (value: number) => string;
    },
  ): string;
}

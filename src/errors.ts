/** A configuration that cannot be run; `field` names the culprit, e.g. `record.interval`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(`${field}: ${message}`);
  }
}

/** Bytes that are not a checkpoint this build can continue from: damaged, foreign, or of another kernel. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** The engine found its own result impossible; never the user's fault, never silent. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

import { isDeepStrictEqual } from "node:util";
import type { Log } from "../processor/telemetry/log.ts";
import type { Config } from "./config.ts";
import { checkModel } from "./open-scorer.ts";
import type { Product } from "./start-product.ts";

/** The product as it runs now. */
export interface Running {
  readonly config: Config;
  readonly log: Log;
  readonly product: Product;
}

/** What a reload is made with. */
export interface ReloadSteps {
  /** Reads and validates the configuration. Throws a ConfigError. */
  readonly read: () => Config;
  readonly start: (config: Config) => Promise<Running>;
}

/**
 * Goes over to the configuration as it is now: the product stops as it does for good, nothing lost, and starts with the new one.
 * One that is not valid changes nothing; where one cannot be started, what ran before is started again. Rejects when that cannot be
 * either.
 */
export async function reload(running: Running, { read, start }: ReloadSteps): Promise<Running> {
  const { config, log, product } = running;
  const next = readOrTell(read, log);
  if (next === undefined) return running;
  if (isDeepStrictEqual(next, config)) {
    log.info("the configuration has not changed");
    return running;
  }
  log.info("the configuration has changed: stopping, to start with it");
  await product.stop();
  try {
    return await start(next);
  } catch (error) {
    log.error(
      { reason: textOf(error) },
      "cannot run with the new configuration: going back to the one before",
    );
    return start(config);
  }
}

function readOrTell(read: () => Config, log: Log): Config | undefined {
  try {
    const next = read();
    checkModel(next.inference);
    return next;
  } catch (error) {
    log.error(
      { reason: textOf(error) },
      "the new configuration cannot be used: going on with the one before",
    );
    return undefined;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

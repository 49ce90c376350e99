import type { ModelVersion, TrainingRun } from "../../store/training.ts";
import { type PageArguments, paginate } from "./connection.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { readLosses } from "./read-losses.ts";
import { requireService } from "./requirements.ts";
import { ULID } from "./ulid.ts";

/** Runs of the trainer and the weights that there are; the stage follows what is asked for here through the store. */
export const training = {
  Query: {
    trainingRuns: (_: unknown, page: PageArguments, context: Context) =>
      paginate(page, context, {
        name: "trainingRun",
        key: ULID,
        keyOf: ({ id }: TrainingRun) => id,
        read: (rows) => context.store.trainingRuns(rows),
      }),
    models: (_: unknown, __: unknown, { store }: Context) => store.models(),
  },
  Mutation: {
    async startTraining(_: unknown, { service }: { readonly service?: string | null }, context: Context) {
      if (service !== null && service !== undefined) await requireService(service, context);
      return context.store.requestTraining({
        id: context.newId(),
        service: service ?? undefined,
        createdAtMs: context.now(),
      });
    },
    async rollbackModel(_: unknown, { from }: { readonly from?: string | null }, { store, now }: Context) {
      const model = await store.rollbackModel(now(), from ?? undefined);
      if (model !== undefined) return model;
      const active = await store.activeModel();
      if (from !== null && from !== undefined && active?.version !== from)
        throw userError(
          "CONFLICT",
          "Other weights are in use by now; nothing was changed.",
          "Look at the query models, and decide again.",
        );
      throw userError(
        "NOT_FOUND",
        "The weights in use have replaced no others.",
        "The query models lists the weights that there are.",
      );
    },
  },
  TrainingRun: {
    createdAt: ({ createdAtMs }: TrainingRun) => createdAtMs,
    startedAt: ({ startedAtMs, createdAtMs }: TrainingRun) => startedAtMs ?? createdAtMs,
    finishedAt: ({ finishedAtMs }: TrainingRun) => finishedAtMs ?? null,
    losses: ({ report }: TrainingRun) => readLosses(report),
  },
  ModelVersion: {
    origin: ({ origin }: ModelVersion) => origin.toUpperCase(),
    createdAt: ({ createdAtMs }: ModelVersion) => createdAtMs,
    activatedAt: ({ activatedAtMs }: ModelVersion) => activatedAtMs ?? null,
  },
};
